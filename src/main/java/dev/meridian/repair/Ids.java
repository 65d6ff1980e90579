package dev.meridian.repair;

import dev.meridian.document.DocumentId;
import java.util.Arrays;

/** The order in which documents are walked through. */
final class Ids {

  private Ids() {}

  static int compare(DocumentId a, DocumentId b) {
    return Arrays.compareUnsigned(a.toBytes(), b.toBytes());
  }
}
