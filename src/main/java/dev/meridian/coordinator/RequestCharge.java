package dev.meridian.coordinator;

import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import java.util.List;
import java.util.Optional;

/** Request units, as in the contract's section 10: a function of request and data alone. */
final class RequestCharge {

  private static final int KIB = 1024;
  private static final int WRITE_UNITS = 5;

  private RequestCharge() {}

  /** A read of so many bytes: 1 for each KiB begun, at least 1. */
  static long read(long bytes) {
    return kibBegun(bytes);
  }

  static long read(Optional<StoredDocument> document) {
    return read(document.map(RequestCharge::bytes).orElse(0));
  }

  static long read(List<LiveDocument> documents) {
    return read(documents.stream().mapToLong(each -> each.body().length()).sum());
  }

  private static int bytes(StoredDocument document) {
    return document instanceof LiveDocument live ? live.body().length() : 0;
  }

  /** A write of so many bytes: 5 for each KiB begun, at least 5. */
  static long write(long bytes) {
    return WRITE_UNITS * kibBegun(bytes);
  }

  /** A request that waits for other regions: each of them doubles its charge. */
  static long waiting(long charge, int regions) {
    return charge << regions;
  }

  private static long kibBegun(long bytes) {
    return Math.max(1, (bytes + KIB - 1) / KIB);
  }
}
