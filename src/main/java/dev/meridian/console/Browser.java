package dev.meridian.console;

import com.vaadin.flow.component.Component;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** What the browser says of itself; until it has answered, and if it says nonsense, a guess. */
final class Browser {

  private ZoneId zone = ZoneOffset.UTC;
  private String origin = "http://127.0.0.1:8080";

  void ask(Component asking, Runnable then) {
    asking
        .getElement()
        .executeJs(
            "return Intl.DateTimeFormat().resolvedOptions().timeZone + ' ' + location.origin")
        .then(
            String.class,
            answer -> {
              heard(answer);
              then.run();
            });
  }

  private void heard(String answer) {
    int space = answer.indexOf(' ');
    try {
      zone = ZoneId.of(answer.substring(0, Math.max(0, space)));
    } catch (DateTimeException unknown) {
      zone = ZoneOffset.UTC;
    }
    origin = answer.substring(space + 1);
  }

  ZoneId zone() {
    return zone;
  }

  boolean inUtc() {
    return zone.getRules().equals(ZoneOffset.UTC.getRules());
  }

  /** The time as it is shown first: where the person is. */
  String time(long unixMillis) {
    return inUtc() ? Words.utc(unixMillis) : Words.local(unixMillis, zone);
  }

  /** A call that reads. */
  String curl(String path) {
    return curl(new Curl("GET", path));
  }

  /** A call of the API of the region whose console this is. */
  String curl(Curl call) {
    return call.text(origin);
  }
}
