import { env as bindings } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { parseEdgeEnv } from '../../env.ts';
import { createFleet } from './create-fleet.ts';

const FLY = {
  FLEET: 'fly',
  FLY_API_TOKEN: 'a-fly-token',
  FLY_APP: 'runners',
  FLY_RUNNER_IMAGE: 'registry.fly.io/runners@sha256:1',
  FLEET_REGIONS: 'FRA, iad',
};
const parse = (change: Record<string, string | undefined>) =>
  parseEdgeEnv({ ...bindings, ...change });

describe('the environment of a fleet', () => {
  it('is static when nothing is said, and nobody is missing', () => {
    const env = parse({});
    expect(env).toMatchObject({ FLEET: 'static', RUNNER_URLS: [], RUNNER_MAX_SESSIONS: 10 });
    expect(createFleet(env).scaling).toBeNull();
  });

  it('names what Fly machines are made of', () => {
    expect(createFleet(parse(FLY)).scaling).toEqual({
      image: FLY.FLY_RUNNER_IMAGE,
      minMachines: 0,
      maxMachines: 10,
      regions: ['fra', 'iad'],
    });
  });

  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ['no token', { ...FLY, FLY_API_TOKEN: '' }, /FLY_API_TOKEN: is needed with FLEET=fly/],
    ['no app', { ...FLY, FLY_APP: undefined }, /FLY_APP: is needed/],
    ['no image', { ...FLY, FLY_RUNNER_IMAGE: '' }, /FLY_RUNNER_IMAGE: is needed/],
    ['no region', { ...FLY, FLEET_REGIONS: '' }, /FLEET_REGIONS: is needed/],
    ['a list of runners', { ...FLY, RUNNER_URLS: 'https://a.example' }, /RUNNER_URLS: is for/],
    [
      'a least that is more than the most',
      { FLEET_MIN_MACHINES: '3', FLEET_MAX_MACHINES: '2' },
      /FLEET_MIN_MACHINES: is more than FLEET_MAX_MACHINES/,
    ],
    ['another fleet', { FLEET: 'k8s' }, /FLEET/],
  ])('refuses %s', (_name, change, message) => {
    expect(() => parse(change)).toThrow(message);
  });
});
