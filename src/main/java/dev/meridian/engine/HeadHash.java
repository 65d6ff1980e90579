package dev.meridian.engine;

import dev.meridian.document.Change;
import dev.meridian.document.ChangeCodecV1;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a version that no other one has seen adds to the sums by which regions compare what they
 * have: 64 bits of its document, its dot, its time and the checksum of all its bytes. Sums wrap
 * around, so the order in which versions come does not matter, and one that is seen is simply taken
 * off again. It is in files and messages: another one needs another format.
 */
final class HeadHash {

  private static final long SEED = 0x6d65726964316831L;

  private HeadHash() {}

  /**
   * @param prefix of the document that the versions are of
   */
  static long sum(DocumentPrefix prefix, List<Change> heads) {
    long sum = 0;
    for (Change head : heads) {
      sum += of(prefix, head);
    }
    return sum;
  }

  static long of(DocumentPrefix prefix, Change head) {
    byte[] origin = head.dot().origin().value().getBytes(StandardCharsets.US_ASCII);
    long hash = DocumentPrefix.mix(SEED ^ prefix.hash());
    hash = DocumentPrefix.mix(hash ^ DocumentPrefix.hash(origin, origin.length));
    hash = DocumentPrefix.mix(hash ^ head.dot().sequence());
    hash = DocumentPrefix.mix(hash ^ head.hlc().packed());
    return DocumentPrefix.mix(hash ^ ChangeCodecV1.checksum(head));
  }
}
