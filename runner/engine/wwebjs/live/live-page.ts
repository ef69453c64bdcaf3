import type { LibraryClient, LibraryPage } from '../library.ts';
import type { EngineTimes } from '../times.ts';

/** What an operation is done with. */
export type LivePage = {
  client: LibraryClient;
  page: LibraryPage;
  times: EngineTimes;
  /** A phone is linked. */
  linked: boolean;
  now: () => number;
};

/** An operation that is one function on the page. The function travels as text: it may use nothing from around it. */
export const onPage =
  <In, Out>(run: (input: In) => Promise<Out>) =>
  ({ page }: LivePage, input: In): Promise<Awaited<Out>> =>
    // Puppeteer's type for what a handle holds would change `In`; inputs are plain data.
    page.evaluate(run as (input: unknown) => Promise<Out>, input);
