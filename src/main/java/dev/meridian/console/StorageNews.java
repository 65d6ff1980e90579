package dev.meridian.console;

import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.StorageStatus;
import dev.meridian.coordinator.StorageStatus.DamageReport;
import dev.meridian.coordinator.StorageStatus.DiskFigures;
import dev.meridian.coordinator.StorageStatus.LogFigures;
import dev.meridian.coordinator.StorageStatus.MemtableFigures;
import dev.meridian.coordinator.StorageStatus.TableFigures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The state of the disk side in one sentence: all that is wrong, the worst first. */
final class StorageNews {

  /** A force that takes longer at p99 holds up every write. */
  static final double SLOW_FORCE_MILLIS = 100;

  /** Less free space than this share is worth a word. */
  static final double LOW_SPACE = 0.10;

  /** Less free space than this share is trouble. */
  static final double NO_SPACE = 0.03;

  /** A queue filled to this share holds writes up. */
  static final double FULL_QUEUE = 0.8;

  private StorageNews() {}

  static Headline of(StorageStatus status) {
    List<Headline> wrong = new ArrayList<>();
    log(status.log(), wrong);
    damages(status, wrong);
    disk(status.disk(), wrong);
    memtable(status.memtable(), wrong);
    if (wrong.isEmpty()) {
      return well(status);
    }
    wrong.sort(Comparator.comparingInt(each -> each.tone() == Tone.BAD ? 0 : 1));
    return new Headline(wrong.getFirst().tone(), joined(wrong, true), joined(wrong, false));
  }

  private static String joined(List<Headline> all, boolean topics) {
    return all.stream()
        .map(each -> topics ? each.topic() : each.text())
        .collect(Collectors.joining(" · "));
  }

  private static void log(LogFigures log, List<Headline> wrong) {
    if (!log.accepting()) {
      String why = log.problem().isEmpty() ? "the log does not accept them" : log.problem();
      wrong.add(bad("writes refused", "Writes are refused: " + why));
    } else if (log.forces() > 0 && log.forceP99Ms() > SLOW_FORCE_MILLIS) {
      wrong.add(
          late(
              "slow disk",
              "The disk is slow: forcing a write takes "
                  + Words.millis(log.forceP99Ms())
                  + " p99"));
    }
  }

  private static void damages(StorageStatus status, List<Headline> wrong) {
    long unrepaired = inState(status, "unrepaired");
    long outOfService = inState(status, "out-of-service");
    long rebuilding =
        Math.max(inState(status, "rebuilding"), tables(status.tables(), "rebuilding"));
    if (unrepaired > 0) {
      wrong.add(bad("damage unrepaired", files(unrepaired, "damaged and not repaired")));
    }
    if (outOfService > 0) {
      wrong.add(bad("damage out of service", files(outOfService, "damaged and out of service")));
    }
    if (unrepaired + outOfService == 0 && tables(status.tables(), "damaged") > 0) {
      long damaged = tables(status.tables(), "damaged");
      wrong.add(bad("tables damaged", Words.count(damaged, "table is", "tables are") + " damaged"));
    }
    if (rebuilding > 0) {
      wrong.add(late("rebuilding", files(rebuilding, "being rebuilt after damage")));
    }
    if (status.scrub().state().equals("failed")) {
      wrong.add(late("verification failed", "The last verification could not finish"));
    }
  }

  private static long inState(StorageStatus status, String state) {
    return status.damages().stream()
        .filter(damage -> damage.state().equals(state))
        .map(DamageReport::file)
        .distinct()
        .count();
  }

  private static long tables(List<TableFigures> tables, String state) {
    return tables.stream().filter(table -> table.state().equals(state)).count();
  }

  private static String files(long number, String what) {
    return Words.count(number, "file is ", "files are ") + what;
  }

  private static void disk(DiskFigures disk, List<Headline> wrong) {
    String text =
        "only "
            + Words.bytes(disk.freeBytes())
            + " of "
            + Words.bytes(disk.totalBytes())
            + " are free";
    if (tone(disk) == Tone.BAD) {
      wrong.add(bad("disk full", "The disk is nearly full: " + text));
    } else if (tone(disk) == Tone.LATE) {
      wrong.add(late("disk filling", "The disk fills up: " + text));
    }
  }

  /** How the free space is to be seen. */
  static Tone tone(DiskFigures disk) {
    if (disk.totalBytes() <= 0) {
      return Tone.IDLE;
    }
    double free = (double) disk.freeBytes() / disk.totalBytes();
    if (free < NO_SPACE) {
      return Tone.BAD;
    }
    return free < LOW_SPACE ? Tone.LATE : Tone.GOOD;
  }

  private static void memtable(MemtableFigures memtable, List<Headline> wrong) {
    if (memtable.queueLimit() > 0
        && memtable.queuedMutations() >= FULL_QUEUE * memtable.queueLimit()) {
      wrong.add(
          late(
              "writes wait",
              "Writes wait for the disk: "
                  + Words.count(memtable.queuedMutations(), "change", "changes")
                  + " queued"));
    }
  }

  private static Headline well(StorageStatus status) {
    List<String> parts = new ArrayList<>();
    long bytes = status.tables().stream().mapToLong(TableFigures::bytes).sum();
    parts.add(
        status.tables().isEmpty()
            ? "everything is still in the log"
            : Words.count(status.tables().size(), "table", "tables") + " of " + Words.bytes(bytes));
    if (status.log().forces() > 0) {
      parts.add("writes forced in " + Words.millis(status.log().forceP99Ms()) + " p99");
    }
    if (status.disk().totalBytes() > 0) {
      parts.add(
          Words.percent(status.disk().freeBytes(), status.disk().totalBytes())
              + " of the disk free");
    }
    return new Headline(Tone.GOOD, "All is well", "All is well: " + String.join(", ", parts));
  }

  private static Headline bad(String topic, String text) {
    return new Headline(Tone.BAD, topic, text);
  }

  private static Headline late(String topic, String text) {
    return new Headline(Tone.LATE, topic, text);
  }
}
