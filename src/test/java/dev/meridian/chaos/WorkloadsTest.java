package dev.meridian.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories that keep the promises are right; each that breaks one is found to be wrong. */
class WorkloadsTest {

  private static final Workload REGISTER = new RegisterWorkload();
  private static final Workload SET = new SetWorkload(1);
  private static final Workload COUNTER = new CounterWorkload();
  private static final Workload BANK = new BankWorkload();

  /**
   * Lines as {@code process type f value [version] [region] [final]}, each a moment after the one
   * before.
   */
  private static List<Operation> history(String... lines) throws JsonProcessingException {
    List<Operation> all = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" +");
      JsonNode value = Client.JSON.readTree(words[3]);
      String version = words.length > 4 && !words[4].equals("-") ? words[4] : "";
      String region = words.length > 5 ? words[5] : "eu";
      all.add(
          new Operation(
              Integer.parseInt(words[0]),
              Operation.Type.valueOf(words[1]),
              words[2],
              "key",
              value,
              region,
              version,
              words.length > 6,
              all.size() * 1_000_000L));
    }
    return all;
  }

  private static void isRight(Workload workload, String... lines) throws JsonProcessingException {
    assertEquals(List.of(), workload.wrong(history(lines)));
  }

  private static void isWrong(Workload workload, String why, String... lines)
      throws JsonProcessingException {
    List<String> wrong = workload.wrong(history(lines));
    assertTrue(wrong.stream().anyMatch(each -> each.contains(why)), () -> why + " in " + wrong);
  }

  @Test
  void aRegisterMayShowWhatIsWrittenMeanwhile() throws JsonProcessingException {
    isRight(
        REGISTER,
        "0 INVOKE read null",
        "0 OK read null",
        "0 INVOKE write 1",
        "0 OK write 1 v1",
        "1 INVOKE write 2",
        "0 INVOKE read null",
        "0 OK read 2 v2 us",
        "2 INVOKE read null",
        "2 OK read 1 v1 eu",
        "1 OK write 2 v2",
        "3 INVOKE write 3",
        "3 INFO write 3",
        "0 INVOKE read null",
        "0 OK read 3 v3 us final");
  }

  @Test
  void aRegisterGoesNoFurtherBackThanWhatWasAcknowledged() throws JsonProcessingException {
    isWrong(
        REGISTER,
        "acknowledged before",
        "0 INVOKE write 1",
        "0 OK write 1 v1",
        "1 INVOKE write 2",
        "1 OK write 2 v2",
        "0 INVOKE read null",
        "0 OK read 1 v1");
    isWrong(
        REGISTER,
        "acknowledged before",
        "0 INVOKE write 1",
        "0 OK write 1 v1",
        "0 INVOKE read null",
        "0 OK read null");
  }

  @Test
  void aRegisterShowsOnlyWhatWasWritten() throws JsonProcessingException {
    isWrong(REGISTER, "nobody wrote", "0 INVOKE read null", "0 OK read 7 v7");
    isWrong(
        REGISTER,
        "nobody wrote",
        "0 INVOKE write 1",
        "0 FAIL write 1",
        "0 INVOKE read null",
        "0 OK read 1 v1");
    isWrong(
        REGISTER,
        "it failed, and was seen",
        "0 INVOKE write 1",
        "1 INVOKE read null",
        "1 OK read 1 v1",
        "0 FAIL write 1");
    isWrong(
        REGISTER,
        "it had version",
        "0 INVOKE write 1",
        "0 OK write 1 v1",
        "1 INVOKE read null",
        "1 OK read 1 v2");
    isWrong(
        REGISTER,
        "in the end",
        "0 INVOKE write 1",
        "0 INFO write 1",
        "1 INVOKE read null",
        "1 OK read 1 v1 eu final",
        "1 INVOKE read null",
        "1 OK read null - us final");
  }

  @Test
  void aSetHasInTheEndWhatWasAcknowledged() throws JsonProcessingException {
    isRight(
        SET,
        "0 INVOKE add 1",
        "0 OK add 1",
        "1 INVOKE add 2",
        "1 INFO add 2",
        "2 INVOKE read null",
        "2 OK read []",
        "0 INVOKE read null",
        "0 OK read [1,2] - us final");
    isWrong(
        SET,
        "acknowledged and lost",
        "0 INVOKE add 1",
        "0 OK add 1",
        "1 INVOKE read null",
        "1 OK read [] - us final");
    isWrong(SET, "nobody added", "0 INVOKE read null", "0 OK read [1]");
    isWrong(
        SET,
        "nobody added",
        "0 INVOKE add 1",
        "0 FAIL add 1",
        "0 INVOKE read null",
        "0 OK read [1]");
    isWrong(SET, "twice", "0 INVOKE add 1", "0 OK add 1", "0 INVOKE read null", "0 OK read [1,1]");
  }

  @Test
  void aSessionDoesNotForget() throws JsonProcessingException {
    isWrong(
        SET,
        "this session knew",
        "0 INVOKE add 1",
        "0 OK add 1",
        "0 INVOKE read null",
        "0 OK read [] - us");
    isWrong(
        SET,
        "this session knew",
        "0 INVOKE add 1",
        "0 OK add 1",
        "1 INVOKE read null",
        "1 OK read [1] - eu",
        "1 INVOKE read null",
        "1 OK read [] - us");
  }

  @Test
  void aCounterCountsEachOnce() throws JsonProcessingException {
    isRight(
        COUNTER,
        "0 INVOKE add 5",
        "0 OK add 5",
        "1 INVOKE add -2",
        "1 INFO add -2",
        "2 INVOKE add 9",
        "2 FAIL add 9",
        "0 INVOKE read null",
        "0 OK read 0",
        "0 INVOKE read null",
        "0 OK read 3 - eu final",
        "0 INVOKE read null",
        "0 OK read 5 - us final");
    isWrong(COUNTER, "between", "0 INVOKE add 5", "0 INVOKE read null", "0 OK read 6");
    isWrong(
        COUNTER,
        "between",
        "0 INVOKE add 5",
        "0 OK add 5",
        "0 INVOKE read null",
        "0 OK read 4 - eu final");
    isWrong(
        COUNTER,
        "between",
        "0 INVOKE add 5",
        "0 FAIL add 5",
        "0 INVOKE read null",
        "0 OK read 5 - eu final");
  }

  private static String bank(int transfers, int a, int b) {
    return "{\"last\":7,\"transfers\":"
        + transfers
        + ",\"accounts\":{\"a\":"
        + a
        + ",\"b\":"
        + b
        + ",\"c\":300}}";
  }

  @Test
  void aBankLosesNothing() throws JsonProcessingException {
    isRight(
        BANK,
        "0 INVOKE transfer " + bank(1, 90, 110),
        "0 OK transfer " + bank(1, 90, 110),
        "1 INVOKE read null - us",
        "1 OK read " + bank(0, 100, 100) + " - us",
        "1 INVOKE read null - us",
        "1 OK read " + bank(1, 90, 110) + " - us final");
    isWrong(BANK, "the sum", "0 INVOKE read null", "0 OK read " + bank(1, 90, 100));
    isWrong(BANK, "less than nothing", "0 INVOKE read null", "0 OK read " + bank(1, -10, 210));
    isWrong(
        BANK,
        "transfers were acknowledged",
        "0 INVOKE transfer " + bank(1, 90, 110),
        "0 OK transfer " + bank(1, 90, 110),
        "1 INVOKE read null",
        "1 OK read " + bank(0, 100, 100) + " - us final");
    isWrong(
        BANK,
        "showed 1 transfers before",
        "0 INVOKE read null",
        "0 OK read " + bank(1, 90, 110),
        "0 INVOKE read null",
        "0 OK read " + bank(0, 100, 100));
    isWrong(
        BANK,
        "showed 1 transfers before",
        "0 INVOKE transfer " + bank(1, 90, 110),
        "0 OK transfer " + bank(1, 90, 110),
        "1 INVOKE read null",
        "1 OK read " + bank(0, 100, 100));
    isWrong(BANK, "is gone", "0 INVOKE read null", "0 OK read null - eu final");
  }

  /** Two who read the same and both were told that nobody wrote meanwhile. */
  @Test
  void twoTransfersDoNotFollowTheSameOne() throws JsonProcessingException {
    isWrong(
        BANK,
        "after as many transfers",
        "0 INVOKE transfer " + bank(1, 90, 110),
        "1 INVOKE transfer " + bank(1, 80, 120),
        "0 OK transfer " + bank(1, 90, 110),
        "1 OK transfer " + bank(1, 80, 120));
  }

  @Test
  void aHistoryWithoutItsEndIsNotRight() throws JsonProcessingException {
    List<Operation> unfinished = history("0 INVOKE add 5", "0 OK add 5");
    List<Operation> unread =
        history(
            "0 INVOKE add 5",
            "0 OK add 5",
            "0 INVOKE read null - eu final",
            "0 OK read 5 - eu final",
            "0 INVOKE read null - us final",
            "0 FAIL read null - us final");
    for (List<Operation> history : List.of(unfinished, unread)) {
      assertEquals(
          List.of("not everything could be read in the end"), ChaosRun.wrong(COUNTER, history));
    }
    List<Operation> nothingDone =
        history(
            "0 INVOKE add 5",
            "0 FAIL add 5",
            "0 INVOKE read null - eu final",
            "0 FAIL read null - eu final",
            "0 INVOKE read null - eu final",
            "0 OK read 0 - eu final");
    assertEquals(List.of("nothing was acknowledged"), ChaosRun.wrong(COUNTER, nothingDone));
    isWrong(COUNTER, "no count", "0 INVOKE read null", "0 OK read null");
    isWrong(SET, "no set", "0 INVOKE read null", "0 OK read null");
  }

  @Test
  void whatIsWrittenIsReadAgain(@TempDir Path directory) throws IOException {
    List<Operation> noted;
    try (History history = new History(directory, "bank")) {
      Operation read =
          history.invoke(history.newProcess(), "read", "k", Client.JSON.nullNode(), "eu", true);
      JsonNode value = Client.JSON.readTree("{\"a\":[1,2],\"b\":\"x \\\"y\\\"\",\"c\":null}");
      history.end(read, Operation.Type.OK, value, "v1-eu");
      history.nemesis("kill", Client.JSON.getNodeFactory().textNode("killed"), "us");
      noted = history.all();
    }
    assertEquals(noted, History.read(directory.resolve("bank.jsonl")));
    List<String> edn = Files.readAllLines(directory.resolve("bank.edn"));
    assertEquals(
        "{:index 1, :process 0, :type :ok, :f :read, :key \"k\","
            + " :value {:a [1 2], :b \"x \\\"y\\\"\", :c nil}, :time "
            + noted.get(1).nanos()
            + ", :region \"eu\", :version \"v1-eu\", :final true}",
        edn.get(1));
    assertTrue(edn.get(2).startsWith("{:index 2, :process :nemesis, :type :info, :f :kill,"));
  }
}
