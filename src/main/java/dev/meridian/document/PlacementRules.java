package dev.meridian.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.JsonPointerBasedFilter;
import com.fasterxml.jackson.core.filter.TokenFilter;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the documents of a collection live. The value of a field decides if the document has it and
 * it is mapped; else the longest prefix of the id that is mapped; else all go to {@code others}.
 *
 * @param others where what no other rule speaks of lives
 * @param prefixes of ids, at most {@link #MAX_PREFIXES}
 * @param field a JSON Pointer (RFC 6901), or empty when no field decides
 * @param values of the field, as text, at most {@link #MAX_VALUES}
 * @param hints whether a region outside may hold the body for one that is down
 */
public record PlacementRules(
    Placement others,
    SortedMap<String, Placement> prefixes,
    String field,
    SortedMap<String, Placement> values,
    boolean hints) {

  public static final int MAX_PREFIXES = 64;
  public static final int MAX_VALUES = 256;

  /** Every region holds everything. */
  public static final PlacementRules EVERYWHERE =
      new PlacementRules(Placement.EVERYWHERE, new TreeMap<>(), "", new TreeMap<>(), false);

  public PlacementRules {
    prefixes = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(prefixes));
    values = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(values));
    if (prefixes.size() > MAX_PREFIXES || values.size() > MAX_VALUES) {
      throw new IllegalArgumentException("too many rules");
    }
  }

  public boolean isEverywhere() {
    return others.isEverywhere();
  }

  /** True when a document may move from one set of regions to another. */
  public boolean isByField() {
    return !field.isEmpty();
  }

  /** Where a document of this body lives. The body is checked JSON. */
  public Placement of(DocumentId id, Bytes body) {
    if (isByField()) {
      Placement mapped = values.get(value(body));
      if (mapped != null) {
        return mapped;
      }
    }
    return of(id);
  }

  /** Where a document lives as far as its id tells. */
  public Placement of(DocumentId id) {
    Placement found = others;
    int longest = -1;
    for (Map.Entry<String, Placement> rule : prefixes.entrySet()) {
      if (rule.getKey().length() > longest && id.value().startsWith(rule.getKey())) {
        found = rule.getValue();
        longest = rule.getKey().length();
      }
    }
    return found;
  }

  /** All sets of regions that documents may live in. */
  public Set<Placement> all() {
    Set<Placement> all = new LinkedHashSet<>();
    all.add(others);
    all.addAll(prefixes.values());
    all.addAll(values.values());
    return all;
  }

  /** The field as text; empty, which is never mapped, when it is absent or no scalar. */
  private String value(Bytes body) {
    try (JsonParser whole =
            JsonDocument.json().createParser(body.array(), body.offset(), body.length());
        JsonParser parser =
            new FilteringParserDelegate(
                whole,
                new JsonPointerBasedFilter(JsonPointer.compile(field)),
                TokenFilter.Inclusion.ONLY_INCLUDE_ALL,
                false)) {
      JsonToken token = parser.nextToken();
      return token != null && token.isScalarValue() ? parser.getText() : "";
    } catch (IOException impossible) {
      throw new StoreFailure.Fault(
          FailureCode.INTERNAL_ERROR, "a checked document could not be read", impossible);
    }
  }
}
