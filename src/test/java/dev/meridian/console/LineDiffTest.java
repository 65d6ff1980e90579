package dev.meridian.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.meridian.console.LineDiff.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineDiffTest {

  @Test
  void tellsWhatWasAddedAndRemoved() {
    assertEquals(" a0101 -b0200 -c0300 +x0002 +y0003 d0404", shown("abcd", "axyd"));
    assertEquals(" a0101 -b0200 c0302", shown("abc", "ac"));
    assertEquals("+a0001", shown("", "a"));
    assertEquals("", shown("", ""));
  }

  /** The example of Myers' paper: five edits. */
  @Test
  void findsTheLeastDifference() {
    LineDiff diff = LineDiff.of(letters("ABCABBA"), letters("CBABAC"));
    assertEquals(5, diff.count(Kind.ADDED) + diff.count(Kind.REMOVED));
  }

  @Test
  void bothTextsCanBeReadBack() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      List<String> before = some(random);
      List<String> after = some(random);
      LineDiff diff = LineDiff.of(before, after);
      assertEquals(before, without(diff, Kind.ADDED));
      assertEquals(after, without(diff, Kind.REMOVED));
      assertTrue(diff.minimal());
      for (LineDiff.Line line : diff.lines()) {
        assertTrue(line.before() == 0 || before.get(line.before() - 1).equals(line.text()));
        assertTrue(line.after() == 0 || after.get(line.after() - 1).equals(line.text()));
      }
    }
  }

  @Test
  void textsWithLittleInCommonAreReplacedWhole() {
    List<String> before = numbered("old ", LineDiff.MAX_LINES);
    List<String> after = numbered("new ", LineDiff.MAX_LINES);
    LineDiff diff = LineDiff.of(before, after);
    assertFalse(diff.minimal());
    assertEquals(before, without(diff, Kind.ADDED));
    assertEquals(after, without(diff, Kind.REMOVED));
  }

  private static String shown(String before, String after) {
    return LineDiff.of(letters(before), letters(after)).lines().stream()
        .map(
            line ->
                switch (line.kind()) {
                      case SAME -> " ";
                      case REMOVED -> " -";
                      case ADDED -> " +";
                    }
                    + line.text()
                    + String.format("%02d%02d", line.before(), line.after()))
        .collect(Collectors.joining())
        .replaceFirst("^ (?=[-+])", "");
  }

  private static List<String> without(LineDiff diff, Kind kind) {
    return diff.lines().stream()
        .filter(line -> line.kind() != kind)
        .map(LineDiff.Line::text)
        .toList();
  }

  private static List<String> letters(String text) {
    return text.chars().mapToObj(Character::toString).toList();
  }

  private static List<String> some(Random random) {
    List<String> lines = new ArrayList<>();
    int count = random.nextInt(30);
    for (int i = 0; i < count; i++) {
      lines.add(Integer.toString(random.nextInt(5)));
    }
    return lines;
  }

  private static List<String> numbered(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }
}
