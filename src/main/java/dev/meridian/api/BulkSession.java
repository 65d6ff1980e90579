package dev.meridian.api;

import dev.meridian.clock.VersionId;
import dev.meridian.coordinator.Answer;
import dev.meridian.coordinator.Documents;
import dev.meridian.coordinator.Documents.BulkOperation;
import dev.meridian.coordinator.Documents.BulkOutcome;
import dev.meridian.coordinator.WriteOptions;
import dev.meridian.document.Bytes;
import dev.meridian.document.CollectionName;
import dev.meridian.document.FailureCode;
import dev.meridian.document.JsonLimits;
import dev.meridian.document.StoreFailure;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Reads the lines of a bulk request, hands them on in batches, and gives one status line for each,
 * in order. The next batch is read while the ones before it are forced to disk. Runs on one virtual
 * thread.
 */
final class BulkSession {

  private static final int MAX_BATCH_LINES = 512;
  private static final int MAX_BATCH_BYTES = 4 << 20;
  private static final int MAX_BATCHES_UNDER_WAY = 4;

  /** What a line has besides its document: the operation, the id, conditions. */
  private static final int LINE_OVERHEAD_BYTES = 16 * 1024;

  private final Documents documents;
  private final CollectionName collection;
  private final WriteOptions options;
  private final JsonLimits limits;
  private final LineReader lines;
  private final Consumer<Bytes> answers;
  private final Deque<CompletableFuture<Bytes>> underWay = new ArrayDeque<>();
  private List<BulkLine> batch = new ArrayList<>();
  private int batchBytes;
  private boolean batchReads;
  private Optional<Answer> answer = Optional.empty();

  /**
   * @param answers gets the status lines, some at a time; may block to slow the reading down
   */
  BulkSession(
      Documents documents,
      CollectionName collection,
      WriteOptions options,
      JsonLimits limits,
      InputStream body,
      Consumer<Bytes> answers) {
    this.documents = documents;
    this.collection = collection;
    this.options = options;
    this.limits = limits;
    this.lines = new LineReader(body, limits.maxBytes() + LINE_OVERHEAD_BYTES);
    this.answers = answers;
  }

  /** What is to be said of all lines together; empty when there were none. */
  synchronized Optional<Answer> answer() {
    return answer;
  }

  /** A session covers all batches; the receipt is that of the least confirmed one. */
  private synchronized void include(Answer batch) {
    answer = Optional.of(answer.map(before -> before.and(batch)).orElse(batch));
  }

  void run() throws IOException {
    long number = 0;
    while (true) {
      Optional<LineReader.Line> next = lines.next();
      if (next.isEmpty()) {
        submit();
        answerAll();
        return;
      }
      number++;
      add(number, next.get());
      if (batch.size() >= MAX_BATCH_LINES || batchBytes >= MAX_BATCH_BYTES) {
        submit();
      } else if (!lines.hasMore()) {
        submit(); // whoever sends line by line gets answers line by line
        answerAll();
      }
    }
  }

  private void add(long number, LineReader.Line line) {
    switch (line) {
      case LineReader.Line.TooLong tooLong ->
          batch.add(
              BulkLine.wrong(
                  number,
                  new StoreFailure.CallerMistake(
                      FailureCode.DOCUMENT_TOO_LARGE,
                      "a document has at most " + limits.maxBytes() + " bytes")));
      case LineReader.Line.Whole(Bytes bytes) -> {
        if (!isBlank(bytes)) {
          BulkLine parsed = BulkLine.parse(number, bytes, limits, documents::newId);
          batch.add(parsed);
          batchBytes += bytes.length();
          batchReads |= parsed.operation().filter(BulkSession::reads).isPresent();
        }
      }
    }
  }

  private static boolean reads(BulkOperation operation) {
    return operation instanceof BulkOperation.Get || operation instanceof BulkOperation.Patch;
  }

  private void submit() {
    if (batch.isEmpty()) {
      return;
    }
    if (batchReads) {
      answerAll(); // what it reads may be on its way in a batch before
    }
    while (underWay.size() >= MAX_BATCHES_UNDER_WAY) {
      answers.accept(underWay.remove().join());
    }
    List<BulkLine> submitted = batch;
    boolean reads = batchReads;
    batch = new ArrayList<>();
    batchBytes = 0;
    batchReads = false;
    List<BulkOperation> operations =
        submitted.stream().flatMap(line -> line.operation().stream()).toList();
    underWay.add(
        documents
            .bulk(collection, operations, options)
            .handle(
                (result, failure) -> {
                  if (failure != null) {
                    return render(submitted, allFailed(operations.size(), failure));
                  }
                  include(result.answer());
                  return render(submitted, result.outcomes());
                })
            .toCompletableFuture());
    if (reads) {
      answerAll(); // a batch with reads is done in steps: nothing may overtake it
    }
  }

  private void answerAll() {
    while (!underWay.isEmpty()) {
      answers.accept(underWay.remove().join());
    }
  }

  private static List<BulkOutcome> allFailed(int count, Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    StoreFailure failure =
        cause instanceof StoreFailure known
            ? known
            : new StoreFailure.Fault(
                FailureCode.INTERNAL_ERROR, "something went wrong in this region", cause);
    return java.util.Collections.nCopies(count, new BulkOutcome.Failed(failure));
  }

  private static Bytes render(List<BulkLine> lines, List<BulkOutcome> outcomes) {
    ByteBuilder out = new ByteBuilder(lines.size() * 128);
    int at = 0;
    for (BulkLine line : lines) {
      out.add(Rendering.ascii("{\"line\":" + line.number()));
      if (!line.id().isEmpty()) {
        out.add(Rendering.ascii(",\"id\":\"")).add(Rendering.quoted(line.id())).add((byte) '"');
      }
      if (line.failure().isPresent()) {
        failed(out, line.failure().get());
      } else {
        outcome(out, outcomes.get(at++));
      }
      out.add((byte) '}').add((byte) '\n');
    }
    // The framework ends each piece of an NDJSON answer with a line break of its own.
    Bytes all = out.bytes();
    return new Bytes(all.array(), all.offset(), all.length() - 1);
  }

  private static void outcome(ByteBuilder out, BulkOutcome outcome) {
    switch (outcome) {
      case BulkOutcome.Written(VersionId version, boolean created) ->
          status(out, created ? 201 : 200, version);
      case BulkOutcome.Deleted(VersionId version) -> status(out, 204, version);
      case BulkOutcome.Patched(VersionId version, Bytes body) -> status(out, 200, version);
      case BulkOutcome.Found found -> {
        status(out, 200, found.document().version());
        out.add(Rendering.ascii(",\"doc\":")).add(found.document().body());
      }
      case BulkOutcome.Failed(StoreFailure failure) -> failed(out, failure);
    }
  }

  private static void status(ByteBuilder out, int status, VersionId version) {
    out.add(Rendering.ascii(",\"status\":" + status + ",\"version\":\"" + version + "\""));
  }

  private static void failed(ByteBuilder out, StoreFailure failure) {
    out.add(
            Rendering.ascii(
                ",\"status\":"
                    + Problems.status(failure.code())
                    + ",\"code\":\""
                    + failure.code().text()
                    + "\",\"detail\":\""))
        .add(Rendering.quoted(failure.getMessage()))
        .add((byte) '"');
    if (failure instanceof StoreFailure.OutcomeUnknown
        && failure.members().containsKey("version")) {
      out.add(Rendering.ascii(",\"version\":\"" + failure.members().get("version") + "\""));
    }
  }

  private static boolean isBlank(Bytes line) {
    for (int i = line.offset(); i < line.offset() + line.length(); i++) {
      if (line.array()[i] > ' ' || line.array()[i] < 0) {
        return false;
      }
    }
    return true;
  }
}
