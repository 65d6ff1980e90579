package dev.meridian.console;

import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import dev.meridian.clock.VersionId;
import dev.meridian.document.Revision;
import dev.meridian.document.StoredDocument;
import dev.meridian.document.StoredDocument.LiveDocument;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks what is to become of a text when the document was changed while it was written. */
final class SomebodyElse {

  private SomebodyElse() {}

  /**
   * @param stored what is there now
   * @param load takes theirs
   * @param overwrite puts the text in the place of what the person was told of: only that is
   *     overwritten, not what came after it
   */
  static void ask(
      Optional<StoredDocument> stored, Runnable load, Consumer<Optional<Revision>> overwrite) {
    Optional<LiveDocument> theirs =
        stored.filter(LiveDocument.class::isInstance).map(LiveDocument.class::cast);
    ConfirmDialog dialog = new ConfirmDialog();
    dialog.setHeader(theirs.isPresent() ? "Somebody changed it" : "Somebody deleted it");
    dialog.setText(
        theirs
                .map(document -> whoAndWhen(document.version()))
                .orElse("The document was deleted while you were editing.")
            + " Your text is still here. Load the stored version, or put yours in its place.");
    dialog.setCancelable(true);
    dialog.setCancelText("Keep editing");
    dialog.setRejectable(true);
    dialog.setRejectText("Load theirs");
    dialog.addRejectListener(reject -> load.run());
    dialog.setConfirmText("Overwrite with mine");
    dialog.addConfirmListener(confirm -> overwrite.accept(theirs.map(LiveDocument::revision)));
    dialog.open();
  }

  private static String whoAndWhen(VersionId version) {
    return "While you were editing, region "
        + version.origin()
        + " took a change, written "
        + Words.utc(version.hlc().millis())
        + ".";
  }
}
