/** Where regions and people are, for the choice of the nearest one. Decimal degrees, of the city; source: fly.io/docs/reference/regions. */
type Place = readonly [latitude: number, longitude: number];

const REGIONS: Readonly<Record<string, Place>> = {
  ams: [52.4, 4.9],
  arn: [59.3, 18.1],
  bog: [4.7, -74.1],
  bom: [19.1, 72.9],
  cdg: [48.9, 2.4],
  dfw: [32.8, -96.8],
  ewr: [40.7, -74.2],
  fra: [50.1, 8.7],
  gru: [-23.5, -46.6],
  iad: [39.0, -77.5],
  jnb: [-26.2, 28.0],
  lax: [34.1, -118.2],
  lhr: [51.5, -0.1],
  mad: [40.4, -3.7],
  nrt: [35.7, 139.7],
  ord: [41.9, -87.6],
  otp: [44.4, 26.1],
  scl: [-33.4, -70.7],
  sea: [47.6, -122.3],
  sin: [1.3, 103.8],
  sjc: [37.3, -121.9],
  syd: [-33.9, 151.2],
  waw: [52.2, 21.0],
  yyz: [43.7, -79.4],
};

/** The region of countries with many numbers; others go by continent. ISO 3166-1 alpha-2. */
const COUNTRY_REGIONS: Readonly<Record<string, string>> = {
  AE: 'bom',
  AR: 'gru',
  AU: 'syd',
  BD: 'bom',
  BR: 'gru',
  CA: 'yyz',
  CL: 'scl',
  CO: 'bog',
  DE: 'fra',
  EG: 'fra',
  ES: 'mad',
  FR: 'cdg',
  GB: 'lhr',
  ID: 'sin',
  IL: 'otp',
  IN: 'bom',
  IT: 'fra',
  JP: 'nrt',
  KE: 'jnb',
  LK: 'bom',
  MX: 'dfw',
  MY: 'sin',
  NG: 'lhr',
  NL: 'ams',
  NZ: 'syd',
  PE: 'scl',
  PH: 'sin',
  PK: 'bom',
  PL: 'waw',
  PT: 'mad',
  RO: 'otp',
  SA: 'bom',
  SE: 'arn',
  SG: 'sin',
  TH: 'sin',
  TR: 'otp',
  UA: 'waw',
  US: 'iad',
  ZA: 'jnb',
};

const CONTINENT_REGIONS: Readonly<Record<string, string>> = {
  AF: 'jnb',
  AN: 'scl',
  AS: 'sin',
  EU: 'fra',
  NA: 'iad',
  OC: 'syd',
  SA: 'gru',
};

/** What Cloudflare says of where a request came from (`request.cf`); all of it may be missing. */
export type Origin = {
  colo?: string | undefined;
  country?: string | undefined;
  continent?: string | undefined;
  latitude?: string | undefined;
  longitude?: string | undefined;
};

/** Great-circle distance in radians; infinite for a region that is not in the table and not the same. */
export function regionDistance(left: string, right: string): number {
  if (left === right) return 0;
  const [from, to] = [REGIONS[left], REGIONS[right]];
  return from === undefined || to === undefined ? Number.POSITIVE_INFINITY : distance(from, to);
}

function distance([lat1, lon1]: Place, [lat2, lon2]: Place): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const half = (degrees: number): number => Math.sin(radians(degrees) / 2) ** 2;
  const chord =
    half(lat2 - lat1) + Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * half(lon2 - lon1);
  return 2 * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** Regions from the nearest to the farthest. Equal ones, and those nobody knows, keep their order. */
export const byDistance = (from: string, regions: readonly string[]): string[] =>
  regions.toSorted((left, right) => {
    const [near, far] = [regionDistance(from, left), regionDistance(from, right)];
    return near === far ? 0 : near - far;
  });

/**
 * The region nearest to where a request came from: by its coordinates, else Cloudflare's own location (IATA codes, as
 * regions are), else its country, else its continent.
 * @returns null when nothing is known
 */
export function regionNearest(origin: Origin): string | null {
  const place: Place = [Number(origin.latitude), Number(origin.longitude)];
  if (place.every(Number.isFinite) && origin.latitude !== '' && origin.longitude !== '') {
    const [nearest] = Object.entries(REGIONS).toSorted(
      ([, left], [, right]) => distance(place, left) - distance(place, right),
    );
    return nearest?.[0] ?? null;
  }
  const colo = origin.colo?.toLowerCase() ?? '';
  if (Object.hasOwn(REGIONS, colo)) return colo;
  return (
    COUNTRY_REGIONS[origin.country?.toUpperCase() ?? ''] ??
    CONTINENT_REGIONS[origin.continent?.toUpperCase() ?? ''] ??
    null
  );
}
