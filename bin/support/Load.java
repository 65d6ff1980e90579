import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Loads a file of JSON documents into a collection. Started by {@code bin/load}, which checks the
 * arguments: file, collection, id field, url, batch, restart, state directory, terminal, label.
 *
 * <p>A few batches are under way at a time. Two documents with the same id never are, so the last
 * one in the file wins as a reader of the file expects.
 */
final class Load {
  private static final int BATCHES_UNDER_WAY = 4;
  private static final int BATCH_BYTES = 4 << 20;
  private static final long SAVE_INTERVAL_NANOS = 500_000_000L;

  private final String idField;
  private final int batchSize;
  private final BulkClient client;
  private final LoadState.Place place;
  private final Progress progress;
  private final Deque<Batch> underWay = new ArrayDeque<>();
  private final Set<String> idsUnderWay = new HashSet<>();
  private volatile LoadState state;
  private volatile boolean finished;
  private long savedNanos = System.nanoTime();

  /** Lines sent together; {@code end} is the offset behind the last document among them. */
  private static final class Batch {
    private final List<BulkClient.Line> lines = new ArrayList<>();
    private int bytes;
    private long end;
    private final List<Unsendable> unsendable = new ArrayList<>();
    private Future<List<BulkClient.Result>> answer;
  }

  /** A document that cannot be sent, and why. */
  private record Unsendable(long end, String code, String detail) {}

  private Load(String[] args) throws IOException {
    var file = Path.of(args[0]);
    var collection = args[1];
    idField = args[2];
    batchSize = Integer.parseInt(args[4]);
    client = new BulkClient(args[3], collection);
    place = LoadState.Place.of(Path.of(args[6]), file, args[3], collection, idField);
    if (Boolean.parseBoolean(args[5])) {
      place.clear();
    }
    state = place.read();
    progress = new Progress(collection, Boolean.parseBoolean(args[7]), Files.size(file), state);
  }

  public static void main(String[] args) throws Exception {
    int status;
    try {
      var load = new Load(args);
      status = load.run(Path.of(args[0]));
    } catch (IOException e) {
      var cause = e.getCause() == null ? "" : " (" + e.getCause() + ")";
      System.err.println("bin/load: " + e.getMessage() + cause);
      status = 1;
    }
    System.exit(status);
  }

  private int run(Path file) throws IOException, InterruptedException {
    client.checkReady();
    if (state.offset() > 0) {
      System.out.printf(
          "Continuing after %,d documents (--restart begins again).%n",
          state.loaded() + state.failed());
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopped));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var documents = new Documents(file, state.offset())) {
      try {
        sendAll(documents, threads);
      } catch (IOException e) {
        threads.shutdownNow();
        throw e;
      }
    }
    finished = true;
    place.clear();
    progress.summary(state);
    return state.failed() == 0 ? 0 : 1;
  }

  private void sendAll(Documents documents, ExecutorService threads)
      throws IOException, InterruptedException {
    var batch = new Batch();
    for (var item = documents.next(); item != null; item = documents.next()) {
      var line = line(item, batch);
      if (line != null) {
        if (idsUnderWay.contains(line.id())) {
          batch = send(batch, threads);
          settleAll();
        }
        batch.lines.add(line);
        batch.bytes += line.text().length + 1;
      }
      batch.end = item.end();
      if (batch.lines.size() + batch.unsendable.size() >= batchSize || batch.bytes >= BATCH_BYTES) {
        batch = send(batch, threads);
      }
    }
    send(batch, threads);
    settleAll();
  }

  private void settleAll() throws IOException, InterruptedException {
    while (!underWay.isEmpty()) {
      settleOldest();
    }
  }

  private Batch send(Batch batch, ExecutorService threads)
      throws IOException, InterruptedException {
    if (batch.end > 0) {
      while (underWay.size() >= BATCHES_UNDER_WAY) {
        settleOldest();
      }
      batch.lines.forEach(line -> idsUnderWay.add(line.id()));
      batch.answer = threads.submit(() -> client.send(batch.lines));
      underWay.add(batch);
    }
    return new Batch();
  }

  private void settleOldest() throws IOException, InterruptedException {
    var batch = underWay.remove();
    List<BulkClient.Result> results;
    try {
      results = batch.answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
    int failed = batch.unsendable.size();
    for (var document : batch.unsendable) {
      progress.failed("before byte " + document.end(), document.code(), document.detail());
    }
    int loaded = 0;
    for (int i = 0; i < results.size(); i++) {
      var result = results.get(i);
      var id = batch.lines.get(i).id();
      idsUnderWay.remove(id);
      if (result.ok()) {
        loaded++;
      } else {
        failed++;
        progress.failed(id, result.code(), result.detail());
      }
    }
    state = new LoadState(batch.end, state.loaded() + loaded, state.failed() + failed);
    progress.show(state);
    if (System.nanoTime() - savedNanos > SAVE_INTERVAL_NANOS) {
      save(state);
      savedNanos = System.nanoTime();
    }
  }

  /** The bulk line for a document, or null when it cannot be sent, which is counted. */
  private BulkClient.Line line(Documents.Item item, Batch batch) {
    String id = null;
    String code = item.code();
    String detail = item.detail();
    if (code == null) {
      try {
        id = Json.member(item.text(), idField);
        if (id == null || "{[tfn".indexOf(id.charAt(0)) >= 0) {
          code = "invalid-id";
          detail = "the field " + idField + (id == null ? " is missing" : " is no text or number");
        }
      } catch (Json.MalformedException e) {
        code = "invalid-json";
        detail = e.getMessage();
      }
    }
    if (code != null) {
      batch.unsendable.add(new Unsendable(item.end(), code, detail));
      return null;
    }
    var token = id.startsWith("\"") ? id : '"' + id + '"';
    var text = new ByteArrayOutputStream(item.text().length + token.length() + 32);
    text.writeBytes(
        ("{\"op\":\"put\",\"id\":" + token + ",\"doc\":").getBytes(StandardCharsets.UTF_8));
    text.writeBytes(item.text());
    text.write('}');
    return new BulkClient.Line(Json.decode(token), text.toByteArray());
  }

  /** One at a time: the reader of the file and the end of the process both save. */
  private synchronized void save(LoadState reached) throws IOException {
    place.write(reached);
  }

  /** On Ctrl-C and on a lost region: what was answered is kept, so that nothing is sent twice. */
  private void stopped() {
    if (finished) {
      return;
    }
    var last = state;
    try {
      save(last);
      progress.summary(last);
      System.out.println("Not finished. The same command continues here.");
    } catch (IOException e) {
      System.err.println("bin/load: cannot keep how far it came: " + e.getMessage());
    }
  }
}
