package dev.meridian.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TextDemoTest {

  @Test
  void wordsTypedApartStayTogetherAndBothShowTheSame() {
    TextDemo demo = new TextDemo();
    demo.left().becomes("Hello!");
    assertEquals("Hello!", demo.right().text());
    demo.cut(true);
    for (String typed : new String[] {"Hello E!", "Hello EU!"}) {
      demo.left().becomes(typed);
    }
    for (String typed : new String[] {"Hello U!", "Hello US!"}) {
      demo.right().becomes(typed);
    }
    assertEquals("Hello EU!", demo.left().text());
    assertEquals("Hello US!", demo.right().text());
    assertEquals(2, demo.left().waiting());
    demo.cut(false);
    assertEquals(demo.left().text(), demo.right().text());
    assertEquals(0, demo.left().waiting());
    String text = demo.left().text();
    assertTrue(text.equals("Hello EU US!") || text.equals("Hello US EU!"), text);
  }

  @Test
  void whateverIsTypedIsWhatStandsThereAndBothEndTheSame() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      TextDemo demo = new TextDemo();
      for (int i = 0; i < 20; i++) {
        TextDemo.Side side = random.nextBoolean() ? demo.left() : demo.right();
        StringBuilder text = new StringBuilder(side.text());
        int at =
            text.offsetByCodePoints(0, random.nextInt(text.codePointCount(0, text.length()) + 1));
        if (random.nextInt(3) == 0) {
          text.delete(at, text.length());
        } else {
          text.insert(at, random.nextBoolean() ? "aa" : "b😀");
        }
        side.becomes(text.toString());
        assertEquals(text.toString(), side.text(), "seed " + seed);
        demo.cut(random.nextBoolean());
      }
      demo.cut(false);
      assertEquals(demo.left().text(), demo.right().text(), "seed " + seed);
    }
  }

  @Test
  void aTextHasALimit() {
    TextDemo demo = new TextDemo();
    demo.left().becomes("😀".repeat(TextDemo.MAX_LENGTH + 5));
    assertEquals("😀".repeat(TextDemo.MAX_LENGTH), demo.right().text());
  }
}
