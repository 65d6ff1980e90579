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
      ${this.links.map((link) => this.link(link, points, narrow))}
      ${this.regions.map((region) => this.region(region, points[region.id], height))}
    </svg>`;
  }

  projection(height) {
    return geoNaturalEarth1().rotate([-11, 0]).fitExtent(
      [
        [4, 4],
        [this.width - 4, height - 4],
      ],
      FRAME,
    );
  }

  land(height) {
    const key = `${this.width}x${height}`;
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
    const middle = [
      (start[0] + 2 * control[0] + end[0]) / 4,
      (start[1] + 2 * control[1] + end[1]) / 4,
    ];
    const text = narrow ? link.brief : link.text;
    return svg`<g class="link ${link.tone}">
      <title>${link.title}</title>
      <path d="M${start} Q${control} ${end}" marker-end="url(#arrow-${link.tone})"></path>
      <text x=${middle[0]} y=${middle[1]} dy="0.35em" text-anchor="middle">${text}</text>
    </g>`;
  }

  region(region, [x, y], height) {
    const below = y < height - 40;
    return svg`<g class="region ${region.tone}">
      <title>${region.title}</title>
      ${region.self ? svg`<circle class="self" cx=${x} cy=${y} r="10"></circle>` : null}
      <circle class="dot" cx=${x} cy=${y} r="6"></circle>
      <text x=${x} y=${below ? y + 25 : y - 17} text-anchor="middle">${region.name}</text>
    </g>`;
  }
}

function towards(from, to, distance) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  return [
    from[0] + ((to[0] - from[0]) * distance) / length,
    from[1] + ((to[1] - from[1]) * distance) / length,
  ];
}

customElements.define('meridian-world', MeridianWorld);
