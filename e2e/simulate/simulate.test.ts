import { describe, expect, it } from 'vitest';
import { describeRun, drawRun } from './report.ts';
import { simulateFleet } from './simulate.ts';

const SMALL = { seed: 7, sessions: 300, machines: 30, capacity: 12, hours: 6 };

describe('the simulated fleet', () => {
  const result = simulateFleet(SMALL);

  it('is the same for the same seed, and another for another', () => {
    expect(simulateFleet(SMALL)).toEqual(result);
    expect(simulateFleet({ ...SMALL, seed: 8 }).recovery).not.toEqual(result.recovery);
  });

  it('has every session online at the end, whatever died', () => {
    expect(result.offlineAtEnd).toBe(0);
    expect(result.samples.at(-1)?.online).toBe(300);
    expect(result.recovery['region outage']?.count).toBeGreaterThan(0);
  });

  it('never overfills a machine or the fleet, and ends a deploy', () => {
    for (const { balance, machines } of result.samples) {
      expect(balance.max).toBeLessThanOrEqual(SMALL.capacity);
      expect(machines).toBeLessThanOrEqual(Math.ceil(SMALL.machines * 1.1));
    }
    expect(result.events.map(({ what }) => what)).toContain('every machine runs the new image');
  });

  it('spreads sessions within a region', () => {
    const filled = result.samples.find(({ minute }) => minute === 80);
    expect(filled?.balance.max).toBeLessThanOrEqual(SMALL.capacity);
    expect(filled?.balance.stddev).toBeLessThan(SMALL.capacity / 3);
  });

  it('is reported as a table and a chart', () => {
    expect(describeRun(result)).toContain('gru goes down');
    expect(drawRun(result)).toMatch(/^<svg [^]*polyline[^]*<\/svg>\n$/);
  });
});
