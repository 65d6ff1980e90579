package dev.meridian.console;

import dev.meridian.console.Links.Tone;
import dev.meridian.coordinator.Answer;
import dev.meridian.coordinator.Receipt;
import dev.meridian.document.StoreFailure;
import java.util.Optional;

/**
 * What a receipt says, as a person would say it.
 *
 * @param verdict in two or three words
 */
record ReceiptText(Tone tone, String verdict, String sentence) {

  /** What was asked for, and how. */
  enum Kind {
    READ("Read", "level"),
    WRITE("Written", "durability");

    private final String done;
    private final String guarantee;

    Kind(String done, String guarantee) {
      this.done = done;
      this.guarantee = guarantee;
    }
  }

  /** What a list in the console is: never waited for, and how old it may be. */
  static String ofList(Answer answer) {
    return answer.stalenessMillis() == 0
        ? ""
        : ", as this region has them: at most "
            + Words.span(answer.stalenessMillis())
            + " behind the others";
  }

  /**
   * @param unconfirmed why it is not known that the guarantee was reached, if it is not
   */
  static ReceiptText of(Kind kind, Answer answer, Optional<StoreFailure> unconfirmed) {
    Receipt receipt = answer.receipt();
    if (unconfirmed.isPresent()) {
      return new ReceiptText(
          Tone.BAD,
          "outcome unknown",
          "Written here, not confirmed elsewhere: "
              + receipt.why()
              + ", "
              + receipt.need()
              + " are needed. It stays here and goes to the others when it can; see its journey"
              + " before you repeat it.");
    }
    if (receipt.asked().equals(receipt.got())) {
      return new ReceiptText(
          Tone.GOOD,
          "as asked",
          kind.done
              + " with "
              + kind.guarantee
              + " "
              + receipt.got()
              + ", as asked: "
              + receipt.why()
              + ".");
    }
    return new ReceiptText(
        Tone.LATE,
        "less than asked",
        kind.done
            + " with "
            + kind.guarantee
            + " "
            + receipt.got()
            + ", less than the "
            + receipt.asked()
            + " that was asked for: "
            + receipt.why()
            + ".");
  }

  /** Nothing was given. */
  static ReceiptText of(StoreFailure failure) {
    return new ReceiptText(Tone.BAD, "failed", Failures.sentence(failure));
  }
}
