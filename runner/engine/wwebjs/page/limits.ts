import type { WhatsAppLimits } from '../../../../shared/catalogue/whatsapp-limits.ts';
import type { WhatsAppPage } from './types.ts';

type Capping = {
  capping_status?: string;
  total_quota?: number | string;
  used_quota?: number | string;
  /** Unix seconds, as text. */
  cycle_start_timestamp?: number | string;
  cycle_end_timestamp?: number | string;
};
type TimeLock = { is_active?: boolean; time_enforcement_ends?: number | string };

export type LimitsRead = {
  /** What was answered. Null: this build does not know it, or WhatsApp does not say it. */
  limits: Partial<WhatsAppLimits>;
  /** What was not, and why. */
  failed: string[];
};

/** Runs on the page. Asks WhatsApp what it limits this number to. */
export async function readLimits(): Promise<LimitsRead> {
  const page = globalThis as unknown as WhatsAppPage;
  const failed: string[] = [];
  /** Undefined: this build has no such module. */
  const questionOf = <Question>(find: () => Question): Question | undefined => {
    try {
      return find();
    } catch {
      return undefined;
    }
  };
  const ask = async (
    name: string,
    question: (() => unknown) | undefined,
  ): Promise<{ answer: unknown } | null> => {
    try {
      return { answer: await question?.() };
    } catch (error) {
      failed.push(`${name}: ${String(error)}`);
      return null;
    }
  };
  const [cappingRead, lockRead] = await Promise.all([
    ask(
      'newChats',
      questionOf(() => page.require('WAWebMexFetchNewChatMessageCappingInfoJob'))
        ?.mexFetchNewChatMessageCapping,
    ),
    ask(
      'timeLock',
      questionOf(() => page.require('WAWebMexFetchReachoutTimelockJob'))?.mexFetchReachoutTimelock,
    ),
  ]);
  const capping = cappingRead?.answer as Capping | null | undefined;
  const lock = lockRead?.answer as TimeLock | null | undefined;

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
  const newChats =
    status === undefined
      ? null
      : {
          status,
          used: number(capping?.used_quota),
          quota: number(capping?.total_quota),
          cycleStartsAt: moment(capping?.cycle_start_timestamp),
          cycleEndsAt: moment(capping?.cycle_end_timestamp),
        };
  const timeLock =
    typeof lock?.is_active === 'boolean'
      ? { active: lock.is_active, until: moment(lock.time_enforcement_ends) }
      : null;
  return {
    limits: {
      ...(cappingRead === null ? {} : { newChats }),
      ...(lockRead === null ? {} : { timeLock }),
    },
    failed,
  };
}
