package dev.meridian.replication;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.clock.Dot;
import dev.meridian.clock.ReplicaId;
import dev.meridian.clock.VersionVector;
import dev.meridian.document.Bytes;
import dev.meridian.document.ChangeCodecV1;
import dev.meridian.document.FailureCode;
import dev.meridian.document.StoreFailure;
import dev.meridian.simulation.Changes;
import dev.meridian.simulation.Golden;
import dev.meridian.simulation.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HintedHandoffTest {

  private static final ReplicaId EU = new ReplicaId("eu");
  private static final ReplicaId US = new ReplicaId("us-1");
  private static final String FIRST_FILE = "eu-1.hints";
  private static final HintSettings SMALL = HintSettings.defaults().withSegmentBytes(4 << 10);

  private final ManualClock clock = new ManualClock(1_800_000_000_000L);

  @TempDir Path directory;

  private HintedHandoff open() throws IOException {
    return open(directory, HintSettings.defaults());
  }

  private HintedHandoff open(Path path, HintSettings settings) throws IOException {
    return HintedHandoff.open(path, settings, clock);
  }

  private static Bytes change(String origin, long sequence) {
    return change(origin, sequence, 10);
  }

  private static Bytes change(String origin, long sequence, int bodyBytes) {
    String body = Long.toString(sequence % 10).repeat(bodyBytes);
    return Changes.put(origin, sequence, sequence, "id-" + sequence, body).encoded();
  }

  private static List<Bytes> changes(String origin, int from, int to, int bodyBytes) {
    return IntStream.rangeClosed(from, to).mapToObj(i -> change(origin, i, bodyBytes)).toList();
  }

  private static Dot dot(String origin, long sequence) {
    return new Dot(new ReplicaId(origin), sequence);
  }

  private static VersionVector upTo(String origin, long sequence) {
    return VersionVector.of(new ReplicaId(origin), sequence);
  }

  private static Set<String> names(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static void assertHolds(HintedHandoff hints, ReplicaId target, List<Bytes> changes) {
    for (Bytes each : changes) {
      assertEquals(Optional.of(each), hints.find(target, ChangeCodecV1.dot(each)));
    }
  }

  private static void assertRefuses(HintedHandoff hints, List<Bytes> changes) {
    long before = hints.refused();
    StoreFailure failure =
        assertThrows(StoreFailure.Unavailable.class, () -> hints.hold(EU, changes));
    assertEquals(FailureCode.STORAGE_FULL, failure.code());
    assertTrue(failure.retryable());
    assertEquals(before + changes.size(), hints.refused());
  }

  @Test
  void whatIsHeldIsFoundByItsTargetAndDot() throws IOException {
    try (HintedHandoff hints = open()) {
      hints.hold(EU, List.of(change("asia", 1), change("asia", 3), change("us-1", 1)));
      clock.advance(500);
      hints.hold(US, List.of(change("asia", 2)));
      assertHolds(hints, EU, List.of(change("asia", 1), change("asia", 3), change("us-1", 1)));
      assertHolds(hints, US, List.of(change("asia", 2)));
      assertEquals(Optional.empty(), hints.find(EU, dot("asia", 2)));
      assertEquals(Optional.empty(), hints.find(US, dot("asia", 1)));
      assertEquals(Optional.empty(), hints.find(new ReplicaId("mars"), dot("asia", 1)));
    }
  }

  @Test
  void whatIsHeldSurvivesAReopen() throws IOException {
    List<HintedHandoff.Held> before;
    try (HintedHandoff hints = open()) {
      hints.hold(US, List.of(change("asia", 2)));
      clock.advance(500);
      hints.hold(EU, changes("asia", 1, 5, 100));
      before = hints.held();
    }
    clock.advance(10_000);
    try (HintedHandoff again = open()) {
      assertHolds(again, EU, changes("asia", 1, 5, 100));
      assertHolds(again, US, List.of(change("asia", 2)));
      assertEquals(before, again.held());
      assertEquals(List.of(EU, US), again.held().stream().map(HintedHandoff.Held::target).toList());
      assertEquals(1_800_000_000_500L, again.held().getFirst().oldestMillis());
      assertEquals(5, again.held().getFirst().changes());
      assertEquals(0, again.damaged());
    }
  }

  @Test
  void theDirectoryIsMadeForTheFirstHint() throws IOException {
    Path later = directory.resolve("data").resolve("hints");
    try (HintedHandoff hints = open(later, SMALL)) {
      assertEquals(List.of(), hints.held());
      hints.covered(EU, upTo("asia", 9));
      hints.hold(EU, List.of());
      assertFalse(Files.exists(later));
      hints.hold(EU, List.of(change("asia", 1)));
      assertEquals(Set.of(FIRST_FILE), names(later));
    }
  }

  @Test
  void aFileCutAnywhereLosesOnlyWhatWasCut() throws IOException {
    List<Long> ends = new ArrayList<>();
    try (HintedHandoff hints = open(directory.resolve("whole"), SMALL)) {
      for (int i = 1; i <= 3; i++) {
        hints.hold(EU, List.of(change("asia", i)));
        ends.add(hints.held().getFirst().bytes());
      }
    }
    byte[] whole = Files.readAllBytes(directory.resolve("whole").resolve(FIRST_FILE));
    assertEquals(whole.length, ends.getLast());
    for (int length = 0; length <= whole.length; length++) {
      assertCut(Arrays.copyOf(whole, length), length, ends);
      assertCut(Arrays.copyOf(Arrays.copyOf(whole, length), whole.length), length, ends);
    }
  }

  /** The second form of a cut: the file's size is durable and its last bytes are not. */
  private void assertCut(byte[] left, int cut, List<Long> ends) throws IOException {
    Path path = Files.createDirectories(directory.resolve("cut-" + cut + "-" + left.length));
    Files.write(path.resolve(FIRST_FILE), left);
    int whole = (int) ends.stream().filter(end -> end <= cut).count();
    try (HintedHandoff hints = open(path, SMALL)) {
      for (int i = 1; i <= 3; i++) {
        Optional<Bytes> found = hints.find(EU, dot("asia", i));
        assertEquals(i <= whole ? Optional.of(change("asia", i)) : Optional.empty(), found);
      }
      if (left.length == cut) {
        assertEquals(0, hints.damaged(), "a torn tail is no damage: " + cut);
      }
      hints.hold(EU, changes("asia", 1, 4, 10));
    }
    try (HintedHandoff again = open(path, SMALL)) {
      assertHolds(again, EU, changes("asia", 1, 4, 10));
      again.covered(EU, upTo("asia", 4));
      assertEquals(Set.of(), names(path));
    }
  }

  @Test
  void aFlippedByteHarmsNoOtherHintAndGivesNoWrongBytes() throws IOException {
    List<Bytes> held = changes("asia", 1, 3, 10);
    List<Long> ends = new ArrayList<>();
    try (HintedHandoff hints = open(directory.resolve("whole"), SMALL)) {
      for (Bytes each : held) {
        hints.hold(EU, List.of(each));
        ends.add(hints.held().getFirst().bytes());
      }
    }
    byte[] whole = Files.readAllBytes(directory.resolve("whole").resolve(FIRST_FILE));
    for (int at = 0; at < whole.length; at++) {
      for (int flip : new int[] {0xFF, 1 << at % 8}) {
        byte[] damaged = whole.clone();
        damaged[at] ^= (byte) flip;
        int hit = at;
        int harmed =
            at < HintFileCodecV1.FILE_HEAD_BYTES
                ? 0
                : 1 + (int) ends.stream().filter(end -> end <= hit).count();
        assertHarmed(whole, damaged, harmed, at + "-" + flip);
      }
    }
  }

  /** Damaged before it is opened, and while it is open. */
  private void assertHarmed(byte[] whole, byte[] damaged, int harmed, String name)
      throws IOException {
    Path path = Files.createDirectories(directory.resolve(name));
    Files.write(path.resolve(FIRST_FILE), damaged);
    try (HintedHandoff hints = open(path, SMALL)) {
      assertHarmed(hints, harmed, name);
    }
    Files.write(path.resolve(FIRST_FILE), whole);
    try (HintedHandoff hints = open(path, SMALL)) {
      Files.write(path.resolve(FIRST_FILE), damaged);
      assertHarmed(hints, harmed, name);
      if (harmed > 0) {
        assertEquals(2, hints.held().getFirst().changes(), "a damaged one is not held");
        hints.hold(EU, List.of(change("asia", harmed)));
      }
      assertHolds(hints, EU, changes("asia", 1, 3, 10));
    }
  }

  private static void assertHarmed(HintedHandoff hints, int harmed, String name) {
    for (int i = 1; i <= 3; i++) {
      Optional<Bytes> expected = i == harmed ? Optional.empty() : Optional.of(change("asia", i));
      assertEquals(expected, hints.find(EU, dot("asia", i)), name);
    }
    assertEquals(harmed == 0 ? 0 : 1, hints.damaged(), name);
  }

  @Test
  void bytesThatLookLikeAHintAreNotTakenForOne() throws IOException {
    Bytes forged = change("asia", 666);
    String bait =
        new String(
            new HintFileCodecV1(FIRST_FILE).encode(4, 0, List.of(forged)).array(),
            java.nio.charset.StandardCharsets.ISO_8859_1);
    Bytes first =
        ChangeCodecV1.encode(
                dot("asia", 1),
                new dev.meridian.clock.HlcTimestamp(1),
                dev.meridian.document.ChangeKind.PUT,
                new dev.meridian.document.CollectionName("c"),
                new dev.meridian.document.DocumentId("id"),
                VersionVector.EMPTY,
                VersionVector.EMPTY,
                "",
                new Bytes(bait.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
            .encoded();
    try (HintedHandoff hints = open()) {
      hints.hold(EU, List.of(first, change("asia", 2)));
    }
    byte[] bytes = Files.readAllBytes(directory.resolve(FIRST_FILE));
    bytes[HintFileCodecV1.FILE_HEAD_BYTES] ^= 1; // the length of the first frame
    Files.write(directory.resolve(FIRST_FILE), bytes);
    try (HintedHandoff again = open()) {
      assertEquals(Optional.empty(), again.find(EU, dot("asia", 666)));
      assertHolds(again, EU, List.of(change("asia", 2)));
      assertEquals(1, again.held().getFirst().changes());
    }
  }

  @Test
  void tooManyChangesAreRefusedAndNothingIsLost() throws IOException {
    try (HintedHandoff hints = open(directory, SMALL.withMaxChanges(5))) {
      hints.hold(EU, changes("asia", 1, 3, 10));
      hints.hold(US, changes("asia", 1, 1, 10));
      assertRefuses(hints, changes("asia", 4, 5, 10));
      assertEquals(Optional.empty(), hints.find(EU, dot("asia", 4)));
      hints.hold(EU, changes("asia", 2, 4, 10)); // of which one is new
      assertRefuses(hints, changes("asia", 5, 5, 10));
      assertHolds(hints, EU, changes("asia", 1, 4, 10));
      hints.covered(EU, upTo("asia", 1));
      hints.hold(EU, changes("asia", 5, 5, 10));
      assertHolds(hints, EU, changes("asia", 2, 5, 10));
    }
    try (HintedHandoff lowered = open(directory, SMALL.withMaxChanges(1))) {
      assertHolds(lowered, EU, changes("asia", 2, 5, 10));
      assertRefuses(lowered, changes("asia", 6, 6, 10));
    }
  }

  @Test
  void tooManyBytesAreRefusedUntilFilesAreHandedOver() throws IOException {
    try (HintedHandoff hints = open(directory, SMALL.withMaxBytes(10_000))) {
      int held = 0;
      while (hints.refused() == 0) {
        try {
          hints.hold(EU, List.of(change("asia", held + 1, 1000)));
          held++;
        } catch (StoreFailure.Unavailable full) {
          assertEquals(FailureCode.STORAGE_FULL, full.code());
        }
      }
      assertEquals(9, held);
      assertEquals(9, hints.held().getFirst().changes());
      long onDisk = 0;
      for (String each : names(directory)) {
        onDisk += Files.size(directory.resolve(each));
      }
      assertEquals(onDisk, hints.held().getFirst().bytes());
      assertTrue(onDisk <= 10_000);
      assertEquals(Set.of(FIRST_FILE, "eu-2.hints", "eu-3.hints"), names(directory));
      assertHolds(hints, EU, changes("asia", 1, 9, 1000));

      hints.covered(EU, upTo("asia", 4));
      assertEquals(Set.of("eu-2.hints", "eu-3.hints"), names(directory));
      assertEquals(4, hints.handedOver());
      hints.hold(EU, List.of(change("asia", 10, 1000)));
      assertHolds(hints, EU, changes("asia", 5, 10, 1000));
    }
  }

  @Test
  void nothingIsHeldWhereNoBytesAreAllowed() throws IOException {
    Path none = directory.resolve("none");
    try (HintedHandoff hints = open(none, SMALL.withMaxBytes(0))) {
      assertRefuses(hints, changes("asia", 1, 1, 10));
      assertFalse(Files.exists(none));
    }
  }

  @Test
  void whatTheTargetHasIsDroppedAndTheRestStays() throws IOException {
    try (HintedHandoff hints = open(directory, SMALL)) {
      hints.hold(EU, changes("asia", 1, 4, 10));
      hints.hold(EU, changes("us-1", 1, 2, 10));
      hints.hold(US, changes("asia", 1, 4, 10));
      hints.covered(EU, upTo("asia", 2).with(new ReplicaId("mars"), 7));
      assertEquals(Optional.empty(), hints.find(EU, dot("asia", 2)));
      assertHolds(hints, EU, changes("asia", 3, 4, 10));
      assertHolds(hints, EU, changes("us-1", 1, 2, 10));
      assertHolds(hints, US, changes("asia", 1, 4, 10));
      hints.covered(EU, upTo("asia", 4).with(US, 2));
      assertEquals(Set.of("us-1-2.hints"), names(directory));
      hints.covered(EU, upTo("asia", 4).with(US, 2));
      assertEquals(6, hints.handedOver());
      assertEquals(List.of(US), hints.held().stream().map(HintedHandoff.Held::target).toList());

      hints.hold(EU, changes("asia", 5, 6, 10));
      assertHolds(hints, EU, changes("asia", 5, 6, 10));
      hints.covered(EU, upTo("asia", 6));
      hints.covered(US, upTo("asia", 4));
      assertEquals(Set.of(), names(directory));
      assertEquals(List.of(), hints.held());
    }
  }

  @Test
  void whatIsHeldTwiceIsHeldOnce() throws IOException {
    List<HintedHandoff.Held> once;
    try (HintedHandoff hints = open()) {
      hints.hold(EU, List.of(change("asia", 1), change("asia", 2), change("asia", 1)));
      once = hints.held();
      assertEquals(2, once.getFirst().changes());
      hints.hold(EU, List.of(change("asia", 2), change("asia", 1)));
      assertEquals(once, hints.held());
    }
    try (HintedHandoff again = open()) {
      again.hold(EU, List.of(change("asia", 1), change("asia", 2)));
      assertEquals(once, again.held());
      assertHolds(again, EU, changes("asia", 1, 2, 10));
      assertEquals(Set.of("eu-2.hints"), names(directory), "the newly forced copy is what counts");
    }
  }

  @Test
  void concurrentHoldersAllKeepWhatTheyWereTold() throws Exception {
    int holders = 8;
    int each = 60;
    try (HintedHandoff hints = open(directory, SMALL);
        ExecutorService threads = Executors.newFixedThreadPool(holders + 1)) {
      List<Future<?>> running = new ArrayList<>();
      for (int h = 0; h < holders; h++) {
        int holder = h;
        running.add(
            threads.submit(
                () -> {
                  for (int i = 1; i <= each; i++) {
                    List<Bytes> both = List.of(change("own-" + holder, i), change("shared", i));
                    hints.hold(EU, both);
                    assertHolds(hints, EU, both);
                    hints.hold(US, both);
                    hints.covered(US, upTo("own-" + holder, i));
                    assertEquals(Optional.empty(), hints.find(US, dot("own-" + holder, i)));
                  }
                }));
      }
      for (Future<?> one : running) {
        one.get(60, TimeUnit.SECONDS);
      }
      assertEquals(holders * each + each, hints.held().getFirst().changes());
      assertEquals(each, hints.held().getLast().changes());
      assertEquals((long) holders * each, hints.handedOver());
      assertEquals(0, hints.damaged());
    }
    try (HintedHandoff again = open(directory, SMALL)) {
      for (int h = 0; h < holders; h++) {
        assertHolds(again, EU, changes("own-" + h, 1, each, 10));
      }
      assertHolds(again, EU, changes("shared", 1, each, 10));
      assertHolds(again, US, changes("shared", 1, each, 10));
    }
  }

  @Test
  void aDirectoryThatCannotBeMadeRefuses() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[] {1});
    try (HintedHandoff hints = open(file.resolve("hints"), SMALL)) {
      assertRefuses(hints, changes("asia", 1, 3, 10));
      assertEquals(Optional.empty(), hints.find(EU, dot("asia", 1)));
      assertEquals(List.of(), hints.held());
      Files.delete(file);
      hints.hold(EU, changes("asia", 1, 3, 10));
      assertHolds(hints, EU, changes("asia", 1, 3, 10));
    }
  }

  @Test
  void whatIsNotOursIsLeftAlone() throws IOException {
    byte[] newer = {2, 'H', 'N', 'T', 9, 9, 9};
    Files.write(directory.resolve("eu-7.hints"), newer);
    Files.write(directory.resolve("eu-07.hints"), new byte[0]);
    Files.write(directory.resolve("EU-1.hints"), new byte[0]);
    Files.write(directory.resolve("notes.txt"), new byte[] {1});
    Files.createDirectory(directory.resolve("eu-8.hints"));
    Set<String> before = names(directory);
    try (HintedHandoff hints = open()) {
      assertEquals(List.of(), hints.held());
      hints.hold(EU, List.of(change("asia", 1)));
      assertHolds(hints, EU, List.of(change("asia", 1)));
      assertTrue(Files.exists(directory.resolve("eu-9.hints")));
      hints.covered(EU, upTo("asia", 1));
    }
    assertEquals(before, names(directory));
    assertArrayEquals(newer, Files.readAllBytes(directory.resolve("eu-7.hints")));
  }

  @Test
  void afterTheEndNothingIsTakenAndWhatIsHeldIsFound() throws IOException {
    HintedHandoff hints = open();
    hints.hold(EU, List.of(change("asia", 1)));
    hints.close();
    hints.close();
    StoreFailure refusal =
        assertThrows(
            StoreFailure.Unavailable.class, () -> hints.hold(EU, List.of(change("asia", 2))));
    assertEquals(FailureCode.NOT_READY, refusal.code());
    assertHolds(hints, EU, List.of(change("asia", 1)));
  }

  @Test
  void theFormatIsTheOneThatWasPublished() throws IOException {
    Path fresh = directory.resolve("fresh");
    try (HintedHandoff hints = open(fresh, SMALL)) {
      hints.hold(EU, List.of(change("asia", 1), change("us-1", 300)));
      clock.advance(1);
      hints.hold(EU, List.of(change("asia", 2)));
    }
    byte[] written = Files.readAllBytes(fresh.resolve(FIRST_FILE));
    byte[] golden = Golden.bytes("hints-v1.bin", written);
    assertArrayEquals(golden, written);
    Path old = Files.createDirectories(directory.resolve("old"));
    Files.write(old.resolve(FIRST_FILE), golden);
    try (HintedHandoff hints = open(old, SMALL)) {
      assertHolds(hints, EU, List.of(change("asia", 1), change("us-1", 300), change("asia", 2)));
      assertEquals(
          List.of(new HintedHandoff.Held(EU, 3, golden.length, 1_800_000_000_000L)), hints.held());
    }
  }

  @Test
  void settingsHaveBounds() {
    HintSettings defaults = HintSettings.defaults();
    assertThrows(IllegalArgumentException.class, () -> defaults.withMaxBytes(-1));
    assertThrows(IllegalArgumentException.class, () -> defaults.withMaxChanges(0));
    assertThrows(IllegalArgumentException.class, () -> defaults.withSegmentBytes(1000));
    assertThrows(IllegalArgumentException.class, () -> defaults.withSegmentBytes(512 << 20));
  }
}
