package dev.meridian.console;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.Tag;
import com.vaadin.flow.component.dependency.JsModule;
import com.vaadin.flow.component.dependency.NpmPackage;
import dev.meridian.console.Links.Link;
import dev.meridian.coordinator.ClusterStatus.RegionStatus;
import dev.meridian.coordinator.ClusterView.RegionReport;
import java.util.List;

/** Regions and links as a picture; the table beside it says the same in words. */
@Tag("meridian-world")
@JsModule("./meridian-world.js")
@NpmPackage(value = "d3-geo", version = "3.1.2")
@NpmPackage(value = "topojson-client", version = "3.1.0")
@NpmPackage(value = "world-atlas", version = "2.0.2")
class WorldMap extends Component {

  /** A region in the picture. */
  public record Place(
      String id, String name, double lat, double lon, String tone, boolean self, String title) {}

  /** A link in the picture, in three lengths. */
  public record Arc(String from, String to, String tone, String brief, String text, String title) {}

  void show(List<RegionReport> reports, List<Link> links, String summary) {
    List<Place> places = reports.stream().map(report -> place(report, reports.getFirst())).toList();
    List<Arc> arcs = links.stream().map(WorldMap::arc).toList();
    getElement().setPropertyList("regions", places);
    getElement().setPropertyList("links", arcs);
    getElement().setProperty("placed", reports.stream().allMatch(WorldMap::placed));
    getElement().setProperty("summary", summary);
  }

  /** Whether anybody said where the region is. */
  static boolean placed(RegionReport report) {
    RegionStatus region = report.region();
    return region.lat() != 0 || region.lon() != 0 || !region.label().isEmpty();
  }

  private static Place place(RegionReport report, RegionReport self) {
    RegionStatus region = report.region();
    String label = region.label().isEmpty() ? region.id() : region.id() + " · " + region.label();
    return new Place(
        region.id(),
        label,
        region.lat(),
        region.lon(),
        RegionCard.tone(report).css(),
        report == self,
        label + ": " + RegionCard.state(report));
  }

  private static Arc arc(Link link) {
    return new Arc(
        link.status().from(),
        link.status().to(),
        link.tone().css(),
        link.brief(),
        link.text(),
        link.name() + ": " + link.words() + ", lag " + link.lag());
  }
}
