import type { ChaosReport } from './run.ts';

export type KindOfFault = {
  kind: string;
  /** How often it struck. */
  times: number;
  /** Times away of single sessions that followed, ms. */
  away: readonly number[];
};

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What each kind of fault did to the sessions, the slowest to recover from first. */
export function byKind(reports: readonly ChaosReport[]): KindOfFault[] {
  const struck = Map.groupBy(
    reports.flatMap(({ faults }) => faults),
    ({ kind }) => kind,
  );
  const away = reports.flatMap(({ recoveries }) => recoveries);
  return [...struck]
    .map(([kind, faults]) => ({
      kind,
      times: faults.length,
      away: away.filter((recovery) => recovery.kind === kind).map(({ ms }) => ms),
    }))
    .toSorted((a, b) => Math.max(0, ...b.away) - Math.max(0, ...a.away));
}
