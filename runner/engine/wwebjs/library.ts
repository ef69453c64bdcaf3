import wweb from 'whatsapp-web.js';
import type { Page } from 'puppeteer';

/** The only import of whatsapp-web.js; everything else names its parts through here. */
export const {
  Client,
  Location,
  NoAuth,
  Poll,
  version: libraryVersion,
} = wweb as typeof wweb & {
  version: string;
};

/** Parts of the library's client that its types leave out and our patches replace. */
export type LibraryClient = InstanceType<typeof wweb.Client> & {
  inject(): Promise<void>;
  attachEventListeners(): Promise<void>;
  initWebVersionCache(): Promise<void>;
  options: ClientOptions;
  /** Set when the page announced a logout and its navigation is still to come. */
  lastLoggedOut: boolean;
};

export type LibraryPage = Page;
export type ClientOptions = wweb.ClientOptions;

/** A message as the library hands it on; `rawData` is what the page sent over. */
export type LibraryMessage = { rawData: unknown };

/** `selectedOptions`: `{name, localId}` of each, empty when the vote was taken back. */
export type LibraryVote = {
  parentMsgKey: unknown;
  voter: unknown;
  selectedOptions: unknown;
  interractedAtTs: unknown;
};

export type LibraryReaction = {
  id: unknown;
  msgId: unknown;
  senderId: unknown;
  reaction: unknown;
  timestamp: unknown;
};

/**
 * Keeps the profile where the engine says. The library's own LocalAuth deletes the profile directory under a running
 * browser when the phone unlinks; this one leaves files alone and reports when the browser is up.
 */
export class ProfileAuth extends NoAuth {
  override readonly afterBrowserInitialized: () => Promise<void>;

  constructor(onBrowser: () => Promise<void>) {
    super();
    let done = false;
    // The library calls this again after a logout; the second time there is nothing to set up.
    this.afterBrowserInitialized = async () => {
      if (done) return;
      done = true;
      await onBrowser();
    };
  }
}
