package dev.meridian.console;

import com.vaadin.flow.component.html.NativeDetails;
import com.vaadin.flow.component.html.Pre;

/** The same without the console. */
class ApiCall extends NativeDetails {

  private final Pre call = new Pre();

  ApiCall() {
    super("Show as API call");
    addClassName("api-call");
    call.addClassName("call");
    call.getElement().setAttribute("tabindex", "0");
    setContent(call);
  }

  ApiCall(String text) {
    this();
    show(text);
  }

  void show(String text) {
    call.setText(text);
  }
}
