package dev.meridian.node;

import dev.meridian.engine.DataDirectoryCheck;
import dev.meridian.engine.DataDirectoryCheck.Finding;
import dev.meridian.engine.DataDirectoryCheck.Report;
import dev.meridian.engine.mapdb.MapDbTableStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code bin/meridian check DIR}: verifies a data directory while no node has it open. Ends with 0
 * when all is well, 1 when something was found, 2 when it could not be checked.
 */
public final class CheckCommand {

  private static final int CLEAN = 0;
  private static final int FOUND = 1;
  private static final int UNCHECKED = 2;

  private CheckCommand() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments, System.out));
  }

  static int run(String[] arguments, PrintStream out) {
    if (arguments.length != 1) {
      out.println("Usage: bin/meridian check DIR");
      return UNCHECKED;
    }
    Path directory = Path.of(arguments[0]).toAbsolutePath().normalize();
    try {
      if (!Files.isDirectory(directory.resolve("tables"))) {
        throw new IOException(directory + " is no data directory: it has no 'tables'");
      }
      Report report =
          new DataDirectoryCheck(
                  directory,
                  new MapDbTableStore(directory.resolve("tables")),
                  doing -> out.println("checking " + doing))
              .run();
      print(report, out);
      return report.findings().isEmpty() ? CLEAN : FOUND;
    } catch (IOException | IllegalArgumentException unchecked) {
      out.println("Not checked: " + unchecked.getMessage());
      return UNCHECKED;
    }
  }

  private static void print(Report report, PrintStream out) {
    out.println();
    out.printf(
        "  tables      %,d with %,d versions, %,d bytes%n",
        report.tables(), report.versions(), report.tableBytes());
    out.printf(
        "  log         %,d segments, %,d bytes, up to record %s%s%n",
        report.segments(),
        report.logBytes(),
        report.lastLsn(),
        report.torn() ? "; then a batch that was never forced, which is no damage" : "");
    out.printf("  checkpoint  record %s%n%n", report.checkpoint());
    for (Finding finding : report.findings()) {
      out.println(finding.file() + (finding.offset() < 0 ? "" : " at offset " + finding.offset()));
      out.println("  is:  " + finding.what());
      out.println("  do:  " + finding.advice());
      out.println();
    }
    out.println(
        report.findings().isEmpty()
            ? "All is well."
            : report.findings().size() + " found. Nothing was changed.");
  }
}
