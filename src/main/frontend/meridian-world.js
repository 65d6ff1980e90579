import { LitElement, html, svg } from 'lit';
import { geoNaturalEarth1, geoPath } from 'd3-geo';
import { feature, merge } from 'topojson-client';
import atlas from 'world-atlas/countries-110m.json';

// Antarctica (010) would take a quarter of the picture and no region is there.
const LAND = merge(
  atlas,
  atlas.objects.countries.geometries.filter((country) => country.id !== '010'),
);
const FRAME = feature(atlas, atlas.objects.countries);
FRAME.features = FRAME.features.filter((country) => country.id !== '010');

const MAX_WIDTH = 1200;
const NARROW = 560;

/** How much closer a narrow picture may come to the regions than the whole world. */
const MAX_ZOOM = 3;
const LETTER = 6.6;
const LINE = 14;

/** Where along a link its words may stand, best first. */
const STANDS = [0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75];

/**
 * Regions and the links between them, drawn on the world or, when nobody said where they are, on a
 * circle. Everything shown comes in as properties; the server decides what each link is called and
 * how it fares.
 */
class MeridianWorld extends LitElement {
  static properties = {
    regions: { attribute: false },
    links: { attribute: false },
    placed: { type: Boolean },
    summary: { type: String },
    width: { state: true },
  };

  constructor() {
    super();
    this.regions = [];
    this.links = [];
    this.placed = false;
    this.summary = '';
    this.width = 0;
    this.sizes = new ResizeObserver(([entry]) => {
      this.width = Math.min(MAX_WIDTH, Math.round(entry.contentRect.width));
    });
  }

  createRenderRoot() {
    return this; // The page's own style sheet applies.
  }

  connectedCallback() {
    super.connectedCallback();
    this.sizes.observe(this);
  }

  disconnectedCallback() {
    this.sizes.disconnect();
    super.disconnectedCallback();
  }

  render() {
    if (!this.width) {
      return html``;
    }
    const narrow = this.width < NARROW;
    const height = Math.round(this.placed ? this.width * (narrow ? 0.62 : 0.44) : narrow ? 300 : 340);
    const land = this.placed ? this.land(height) : null;
    const points = this.placed ? this.onEarth(height) : this.onCircle(height);
    const names = this.regions.map((region) => this.region(region, points[region.id], height, narrow));
    const taken = names.flatMap((name) => name.boxes);
    return html`<svg
      viewBox="0 0 ${this.width} ${height}"
      width=${this.width}
      height=${height}
      role="img"
      aria-label=${this.summary}
    >
      <defs>
        ${['good', 'late', 'bad', 'idle'].map(
          (tone) => svg`<marker id="arrow-${tone}" class="head ${tone}" viewBox="0 0 8 8" refX="7" refY="4"
            markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker>`,
        )}
      </defs>
      ${land ? svg`<path class="land" d=${land}></path>` : null}
      ${this.links.map((link) => this.link(link, points, narrow, taken))}
      ${names.map((name) => name.drawing)}
    </svg>`;
  }

  /** The world; in a narrow picture the part of it where the regions are. */
  projection(height) {
    const world = geoNaturalEarth1().rotate([-11, 0]).fitExtent(
      [
        [4, 4],
        [this.width - 4, height - 4],
      ],
      FRAME,
    );
    if (this.width >= NARROW || this.regions.length < 2) {
      return world;
    }
    const places = {
      type: 'MultiPoint',
      coordinates: this.regions.map((region) => [region.lon, region.lat]),
    };
    const closer = geoNaturalEarth1().rotate([-11, 0]).fitExtent(
      [
        [48, 56],
        [this.width - 48, height - 56],
      ],
      places,
    );
    const most = MAX_ZOOM * world.scale();
    if (closer.scale() <= most) {
      return closer;
    }
    const [x, y] = geoPath(closer.scale(most)).centroid(places);
    const [tx, ty] = closer.translate();
    return closer.translate([tx + this.width / 2 - x, ty + height / 2 - y]);
  }

  land(height) {
    const where = this.regions.map((region) => `${region.lon},${region.lat}`).join(' ');
    const key = `${this.width}x${height} ${where}`;
    if (this.landKey !== key) {
      this.landKey = key;
      this.landPath = geoPath(this.projection(height)).digits(1)(LAND);
    }
    return this.landPath;
  }

  onEarth(height) {
    const projection = this.projection(height);
    return Object.fromEntries(
      this.regions.map((region) => [region.id, projection([region.lon, region.lat])]),
    );
  }

  onCircle(height) {
    const [x, y] = [this.width / 2, height / 2];
    const radius = Math.min(x, y) - 60;
    const count = this.regions.length;
    return Object.fromEntries(
      this.regions.map((region, i) => {
        const angle = (2 * Math.PI * i) / count - Math.PI / 2;
        return count === 1
          ? [region.id, [x, y]]
          : [region.id, [x + 1.5 * radius * Math.cos(angle), y + radius * Math.sin(angle)]];
      }),
    );
  }

  /** One direction bends to its left, so the two of a pair lie side by side. */
  link(link, points, narrow) {
    const [from, to] = [points[link.from], points[link.to]];
    if (!from || !to) {
      return null;
    }
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const length = Math.hypot(dx, dy) || 1;
    const bend = Math.min(70, 18 + length * 0.16);
    const [nx, ny] = [dy / length, -dx / length];
    const control = [(from[0] + to[0]) / 2 + 2 * bend * nx * 0.7, (from[1] + to[1]) / 2 + 2 * bend * ny * 0.7];
    const start = towards(from, control, 11);
    const end = towards(to, control, 12);
    const text = narrow ? link.brief : link.text;
    const middle = this.stand(start, control, end, text, taken);
    return svg`<g class="link ${link.tone}">
      <title>${link.title}</title>
      <path d="M${start} Q${control} ${end}" marker-end="url(#arrow-${link.tone})"></path>
      <text x=${middle[0]} y=${middle[1]} dy="0.35em" text-anchor="middle">${text}</text>
    </g>`;
  }

  /** The first place along the link where its words cover no others. */
  stand(start, control, end, text, taken) {
    const places = STANDS.map((t) => [0, 1].map((i) =>
      (1 - t) ** 2 * start[i] + 2 * t * (1 - t) * control[i] + t ** 2 * end[i]));
    const free = places.find((place) => !taken.some((box) => overlap(box, boxOf(place, text)))) ?? places[0];
    taken.push(boxOf(free, text));
    return free;
  }

  region(region, [x, y], height, narrow) {
    const text = narrow ? region.id : region.name;
    const half = (text.length * LETTER) / 2 + 4;
    const middle = Math.min(Math.max(x, half), this.width - half);
    const line = y < height - 40 ? y + 25 : y - 17;
    const drawing = svg`<g class="region ${region.tone}">
      <title>${region.title}</title>
      ${region.self ? svg`<circle class="self" cx=${x} cy=${y} r="10"></circle>` : null}
      <circle class="dot" cx=${x} cy=${y} r="6"></circle>
      <text x=${middle} y=${line} text-anchor="middle">${text}</text>
    </g>`;
    return { drawing, boxes: [boxOf([middle, line - 4], text), boxOf([x, y], '   ')] };
  }
}

function boxOf([x, y], text) {
  const half = (text.length * LETTER) / 2;
  return [x - half, y - LINE / 2, x + half, y + LINE / 2];
}

function overlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

function towards(from, to, distance) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  return [
    from[0] + ((to[0] - from[0]) * distance) / length,
    from[1] + ((to[1] - from[1]) * distance) / length,
  ];
}

customElements.define('meridian-world', MeridianWorld);
