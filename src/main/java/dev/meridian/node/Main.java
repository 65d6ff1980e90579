package dev.meridian.node;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Where the process begins. */
@QuarkusMain
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    // The API itself refuses malformed request targets; the server's check would answer without a
    // problem document, and parse each target once more.
    System.setProperty("vertx.disableURIValidation", "true");
    Quarkus.run(arguments);
  }
}
