package dev.meridian.bench;

/**
 * Documents like those of a shop, made from a number: text that repeats as people's text does, with
 * numbers and keys that do not, so that what compression saves is not flattered.
 */
final class BenchDocuments {

  private static final String[] NAMES = {
    "Amina", "Bjorn", "Chiara", "Dmitri", "Elena", "Farid", "Greta", "Hiro", "Ines", "Jonas",
    "Keiko", "Luis", "Marta", "Nils", "Oksana", "Pedro", "Quentin", "Rosa", "Sven", "Tomoko"
  };
  private static final String[] CITIES = {
    "Accra", "Bergen", "Cusco", "Dakar", "Edinburgh", "Florence", "Graz", "Hanoi", "Izmir",
    "Jaipur", "Krakow", "Lyon", "Montevideo", "Nairobi", "Osaka", "Porto", "Quito", "Riga"
  };
  private static final String[] WORDS = {
    "leave", "the", "parcel", "with", "a", "neighbour", "ring", "twice", "after", "six", "fragile",
    "gift", "do", "not", "bend", "call", "before", "delivery", "second", "floor", "back", "door"
  };

  private BenchDocuments() {}

  /** About 300 bytes of ASCII. */
  static String order(long number) {
    long state = mixed(number);
    StringBuilder json = new StringBuilder(320);
    json.append("{\"number\":").append(number);
    json.append(",\"key\":\"").append(Long.toHexString(state)).append('"');
    json.append(",\"customer\":\"").append(pick(NAMES, state));
    json.append("\",\"city\":\"").append(pick(CITIES, state >>> 8));
    json.append("\",\"total\":").append((state >>> 16) % 1_000_000 / 100.0);
    json.append(",\"status\":\"").append(state % 3 == 0 ? "shipped" : "open");
    json.append("\",\"items\":[");
    for (int i = 0; i < 3; i++) {
      state = mixed(state);
      json.append(i == 0 ? "" : ",").append("{\"sku\":\"").append(state & 0xFFFFFF);
      json.append("\",\"qty\":").append(1 + (state >>> 24 & 7)).append('}');
    }
    json.append("],\"note\":\"");
    for (int i = 0; i < 14; i++) {
      state = mixed(state);
      json.append(i == 0 ? "" : " ").append(pick(WORDS, state));
    }
    return json.append("\"}").toString();
  }

  private static String pick(String[] words, long by) {
    return words[Math.floorMod(by, words.length)];
  }

  private static long mixed(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
