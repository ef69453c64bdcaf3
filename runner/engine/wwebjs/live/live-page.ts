import { AppError } from '../../../../shared/errors.ts';
import type { WantedFile } from '../awaited.ts';
import type { LibraryClient, LibraryPage } from '../library.ts';
import type { PageRefusal } from '../page/live-types.ts';
import type { PresenceWatch } from '../presence-watch.ts';
import type { Outbound } from '../sent-message.ts';
import type { EngineTimes } from '../times.ts';

/** What an operation is done with. */
export type LivePage = {
  client: LibraryClient;
  page: LibraryPage;
  times: EngineTimes;
  /** A phone is linked. */
  linked: boolean;
  now: () => number;
  /** Where a file is kept while it is worked with. */
  filesDir: string;
  presences: PresenceWatch;
  refusalOf: Outbound['refusalOf'];
  /** To be said before a chat is marked as read or unread, which the phone may do as well. */
  actsOn: (chatId: string) => Promise<void>;
  /** Begins to fetch a message's file, of which a fact will tell. @returns false when the page is not ready yet */
  fetchFile: (wanted: WantedFile) => boolean;
};

/**
 * An operation that is one function on the page. The function travels as text: it may use nothing from around it.
 * @throws AppError for what it answers as refused
 */
export const onPage =
  <In, Out>(run: (input: In) => Promise<Out | PageRefusal>) =>
  async ({ page }: LivePage, input: In): Promise<Out> => {
    // Puppeteer's type for what a handle holds would change `In`; inputs and answers are plain data.
    const answer = (await page.evaluate(run as (input: unknown) => Promise<unknown>, input)) as
      | Out
      | PageRefusal;
    if (!isRefusal(answer)) return answer;
    throw new AppError(answer.refused, answer.message, answer.details);
  };

const isRefusal = (answer: unknown): answer is PageRefusal =>
  typeof answer === 'object' && answer !== null && 'refused' in answer;
