import type { WhatsAppLimits } from '../../../../shared/catalogue/whatsapp-limits.ts';

type Capping = {
  capping_status?: string;
  total_quota?: number | string;
  used_quota?: number | string;
  /** Unix seconds, as text. */
  cycle_start_timestamp?: number | string;
  cycle_end_timestamp?: number | string;
};
type TimeLock = { is_active?: boolean; time_enforcement_ends?: number | string };

/** Runs on the page. Asks WhatsApp what it limits this number to; what a build does not know, or does not say, is null. */
export async function readLimits(): Promise<WhatsAppLimits> {
  const page = globalThis as unknown as { require(name: string): Record<string, () => unknown> };
  const ask = async (module: string, name: string): Promise<unknown> => {
    try {
      return await page.require(module)[name]?.();
    } catch {
      return null; // No such module, or WhatsApp does not answer this number.
    }
  };
  const [capping, lock] = (await Promise.all([
    ask('WAWebMexFetchNewChatMessageCappingInfoJob', 'mexFetchNewChatMessageCapping'),
    ask('WAWebMexFetchReachoutTimelockJob', 'mexFetchReachoutTimelock'),
  ])) as [Capping | null | undefined, TimeLock | null | undefined];

  const number = (value: unknown): number | null =>
    value == null || value === '' || !Number.isFinite(Number(value))
      ? null
      : Math.trunc(Number(value));
  const moment = (value: unknown): string | null => {
    const seconds = number(value);
    return seconds === null || seconds <= 0 ? null : new Date(seconds * 1_000).toISOString();
  };
  const known = ['none', 'first_warning', 'second_warning', 'capped'] as const;
  const status = known.find((one) => one === capping?.capping_status?.toLowerCase());
  return {
    newChats:
      status === undefined
        ? null
        : {
            status,
            used: number(capping?.used_quota),
            quota: number(capping?.total_quota),
            cycleStartsAt: moment(capping?.cycle_start_timestamp),
            cycleEndsAt: moment(capping?.cycle_end_timestamp),
          },
    timeLock:
      typeof lock?.is_active === 'boolean'
        ? { active: lock.is_active, until: moment(lock.time_enforcement_ends) }
        : null,
  };
}
