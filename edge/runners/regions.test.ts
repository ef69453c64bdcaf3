import { describe, expect, it } from 'vitest';
import { byDistance, type Origin, regionDistance, regionNearest } from './regions.ts';

describe('regionNearest', () => {
  it.each<[string, Origin, string | null]>([
    ['coordinates first', { latitude: '48.1', longitude: '11.6', colo: 'LAX' }, 'fra'],
    ['across the date line', { latitude: '-17.7', longitude: '-178.0' }, 'syd'],
    ['a location of Cloudflare that is a region', { colo: 'GRU', country: 'US' }, 'gru'],
    ['the country', { colo: 'MUC', country: 'DE' }, 'fra'],
    ['the country in lower case', { country: 'in' }, 'bom'],
    ['the continent for other countries', { country: 'MM', continent: 'AS' }, 'sin'],
    ['broken coordinates', { latitude: 'x', longitude: '3', country: 'BR' }, 'gru'],
    ['empty coordinates', { latitude: '', longitude: '', country: 'BR' }, 'gru'],
    ['nothing known', { colo: 'XXX', country: 'T1' }, null],
    ['nothing at all', {}, null],
    ['a name that every object has', { colo: 'constructor', country: 'toString' }, null],
  ])('%s', (_name, origin, region) => {
    expect(regionNearest(origin)).toBe(region);
  });
});

describe('byDistance', () => {
  it('is nearest first, the same one before all', () => {
    expect(byDistance('fra', ['gru', 'iad', 'ams', 'fra', 'lhr'])).toEqual([
      'fra',
      'ams',
      'lhr',
      'iad',
      'gru',
    ]);
  });

  it('keeps the order of what nobody knows, and puts it last', () => {
    expect(byDistance('fra', ['mars', 'ams', 'venus'])).toEqual(['ams', 'mars', 'venus']);
    expect(byDistance('mars', ['fra', 'mars', 'ams'])).toEqual(['mars', 'fra', 'ams']);
  });

  it('is the same both ways', () => {
    expect(regionDistance('fra', 'syd')).toBeCloseTo(regionDistance('syd', 'fra'), 12);
    expect(regionDistance('fra', 'ams')).toBeLessThan(regionDistance('fra', 'iad'));
  });
});
