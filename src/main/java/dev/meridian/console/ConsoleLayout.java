package dev.meridian.console;

import com.vaadin.flow.component.applayout.AppLayout;
import com.vaadin.flow.component.applayout.DrawerToggle;
import com.vaadin.flow.component.dependency.JsModule;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.sidenav.SideNav;
import com.vaadin.flow.component.sidenav.SideNavItem;
import dev.meridian.coordinator.ClusterView;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;

/** The frame around all views: where one is, and where one can go. */
@JsModule("./console-page.js")
public class ConsoleLayout extends AppLayout {

  private static final List<String> SCHEMES = List.of("system", "light", "dark");

  @Inject
  ConsoleLayout(ClusterView cluster) {
    String region = cluster.status().region();
    Anchor brand = new Anchor("", "Meridian");
    brand.addClassName("brand");
    Span where = new Span("region " + region);
    where.addClassName("where");
    DrawerToggle toggle = new DrawerToggle();
    toggle.setAriaLabel("Menu");
    addToNavbar(toggle, brand, where, scheme());

    SideNavItem overview = new SideNavItem("Overview", OverviewView.class);
    SideNavItem collections = new SideNavItem("Collections", CollectionsView.class);
    collections.setMatchNested(true);
    SideNavItem conflicts = new SideNavItem("Conflicts", ConflictsView.class);
    conflicts.setMatchNested(true);
    SideNav nav = new SideNav();
    nav.getElement().setAttribute("aria-label", "Console");
    nav.addItem(
        overview,
        new SideNavItem("Replication", ReplicationView.class),
        collections,
        conflicts,
        new SideNavItem("Repair", RepairView.class),
        new SideNavItem("Storage", StorageView.class));
    Div elsewhere =
        new Div(
            outside("/q/swagger-ui", "API"),
            outside("/q/health", "Health"),
            outside("/q/metrics", "Metrics"));
    elsewhere.addClassName("elsewhere");
    addToDrawer(nav, elsewhere);
  }

  private static Anchor outside(String path, String text) {
    Anchor anchor = new Anchor(path, text);
    anchor.setRouterIgnore(true);
    return anchor;
  }

  private Select<String> scheme() {
    Select<String> scheme = new Select<>();
    scheme.addClassName("scheme");
    scheme.setAriaLabel("Colour scheme");
    scheme.setItems(SCHEMES);
    scheme.setItemLabelGenerator(
        name -> name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1));
    scheme.setValue(SCHEMES.getFirst());
    scheme.addValueChangeListener(
        change -> {
          if (change.isFromClient()) {
            getElement().executeJs("window.meridian.chooseScheme($0)", change.getValue());
          }
        });
    addAttachListener(
        attached ->
            getElement()
                .executeJs("return window.meridian.scheme()")
                .then(
                    String.class,
                    stored -> scheme.setValue(SCHEMES.contains(stored) ? stored : "system")));
    return scheme;
  }
}
