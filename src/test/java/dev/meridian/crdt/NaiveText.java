package dev.meridian.crdt;

import dev.meridian.clock.Dot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tree of a text by definition: a node for each element, walked from the root each time. */
final class NaiveText {

  private final Map<ElementId, Node> nodes = new HashMap<>();
  private final Node root = new Node(new ElementId(ElementId.THIS_CHANGE, 0), "");

  private static final class Node {
    final ElementId id;
    String json;
    final List<Node> left = new ArrayList<>();
    final List<Node> right = new ArrayList<>();

    Node(ElementId id, String json) {
      this.id = id;
      this.json = json;
    }
  }

  void apply(Dot dot, FieldDelta delta) {
    for (FieldDelta.Step step : delta.steps()) {
      switch (step.delta()) {
        case Delta.Insert insert -> {
          Node parent =
              insert.parent().isEmpty() ? root : nodes.get(insert.parent().getFirst().in(dot));
          boolean left = insert.left();
          for (int i = 0; i < insert.content().length(); i++) {
            ElementId first = insert.first().in(dot);
            Node node = new Node(new ElementId(dot, first.index() + i), insert.content().json(i));
            nodes.put(node.id, node);
            List<Node> siblings = left ? parent.left : parent.right;
            siblings.add(node);
            siblings.sort(Comparator.comparing(each -> each.id));
            parent = node;
            left = false;
          }
        }
        case Delta.Erase(List<Delta.Range> ranges) -> {
          for (Delta.Range range : ranges) {
            for (int i = 0; i < range.count(); i++) {
              nodes.get(new ElementId(range.first().in(dot).dot(), range.first().index() + i))
                      .json =
                  "";
            }
          }
        }
        default -> throw new AssertionError("no text: " + step.delta());
      }
    }
  }

  /** The visible elements as JSON. */
  List<String> elements() {
    List<String> elements = new ArrayList<>();
    walk(root, elements);
    return elements;
  }

  private static void walk(Node node, List<String> out) {
    node.left.forEach(child -> walk(child, out));
    if (!node.json.isEmpty()) {
      out.add(node.json);
    }
    node.right.forEach(child -> walk(child, out));
  }
}
