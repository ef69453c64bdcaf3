import { env as bindings } from 'cloudflare:workers';

const given: Record<string, unknown> = { ...bindings };

/** Whether tests that come in two sizes take the large one, by the environment variable `FULL_SIZE=1`. */
export const isFullSize = given['FULL_SIZE'] === '1';

/** How long a test of all routes may take. */
export const ALL_ROUTES_MS = isFullSize ? 1_200_000 : 240_000;

/**
 * The variants that the route at this index meets: one of them, so that the routes together meet each about equally often;
 * all of them with `FULL_SIZE=1`. For spellings of one refusal only: what each route must refuse is tried on each.
 */
export function inTurn<Variant>(
  variants: readonly Variant[],
  index: number,
  isFull = isFullSize,
): readonly Variant[] {
  if (index < 0) throw new Error('a route that is not in the list has no turn');
  return isFull ? variants : variants.filter((_, at) => at === index % variants.length);
}
