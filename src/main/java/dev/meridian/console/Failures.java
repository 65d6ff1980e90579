package dev.meridian.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.component.notification.NotificationVariant;
import dev.meridian.document.StoreFailure;

/** Says what happened, and what can be done about it. */
final class Failures {

  private static final int SECONDS_10 = 10_000;
  private static final int SECONDS_4 = 4_000;

  private Failures() {}

  static void tell(StoreFailure failure) {
    tell(sentence(failure));
  }

  /** Says what did not happen, in the caller's words. */
  static void tell(String what) {
    Notification note = Notification.show(what, SECONDS_10, Notification.Position.BOTTOM_START);
    note.addThemeVariants(NotificationVariant.LUMO_ERROR);
    note.setAssertive(true);
  }

  static void done(String what) {
    Notification.show(what, SECONDS_4, Notification.Position.BOTTOM_START);
  }

  static String sentence(StoreFailure failure) {
    String message = String.valueOf(failure.getMessage());
    String text = Character.toUpperCase(message.charAt(0)) + message.substring(1);
    return switch (failure) {
      case StoreFailure.CallerMistake mistake -> text;
      case StoreFailure.Unavailable later -> text + " Nothing was changed; try again.";
      case StoreFailure.OutcomeUnknown unknown -> text + " Look whether it happened.";
      case StoreFailure.Fault fault -> text + " (" + fault.code().text() + ")";
    };
  }

  /** In the place of what could not be shown. */
  static Component panel(StoreFailure failure, Runnable again) {
    Button retry = new Button("Try again", click -> again.run());
    Div panel = new Div(new H2("This could not be shown"), new Paragraph(sentence(failure)), retry);
    panel.addClassNames("state", "failed");
    panel.getElement().setAttribute("role", "alert");
    return panel;
  }

  /** In the place of what is not there. */
  static Div empty(String title, String text, Component... actions) {
    Div panel = new Div(new H2(title), new Paragraph(text));
    panel.add(actions);
    panel.addClassNames("state", "empty");
    return panel;
  }
}
