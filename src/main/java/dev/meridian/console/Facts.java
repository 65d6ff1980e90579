package dev.meridian.console;

import com.vaadin.flow.component.html.DescriptionList;
import java.util.LinkedHashMap;
import java.util.Map;

/** Named figures that change in place, so that whoever reads them is not interrupted. */
class Facts extends DescriptionList {

  private final Map<String, Description> values = new LinkedHashMap<>();

  /**
   * @param more the exact value or what it means, shown on hover; may be empty
   */
  void put(String term, String value, String more) {
    Description description =
        values.computeIfAbsent(
            term,
            name -> {
              Description made = new Description();
              add(new Term(name), made);
              return made;
            });
    description.setText(value);
    description.setTitle(more);
  }

  /** The same while there is something to say; nothing otherwise. */
  void putIfAny(String term, String value, String more) {
    if (!value.isEmpty()) {
      put(term, value, more);
      return;
    }
    Description description = values.remove(term);
    if (description != null) {
      getElement()
          .removeChild(
              getElement().getChild(getElement().indexOfChild(description.getElement()) - 1),
              description.getElement());
    }
  }

  void bytes(String term, long bytes) {
    put(term, Words.bytes(bytes), Words.count(bytes) + " bytes");
  }

  void count(String term, long number) {
    put(term, Words.count(number), "");
  }
}
