/**
 * What a fetch of a user's URL came to. `blocked` is our refusal; `failed` is the network's or the server's;
 * `timedOut` when the request's time was over.
 */
export type EgressResult =
  | {
      kind: 'answered';
      status: number;
      headers: Headers;
      body: Uint8Array;
      truncated: boolean;
      durationMs: number;
    }
  | { kind: 'blocked'; reason: string }
  | { kind: 'failed'; reason: string; timedOut?: true; durationMs: number };

export type EgressRequest = {
  method: 'GET' | 'POST';
  url: string;
  /** Sent with each request, also to another origin after a redirect: a GET has none of a caller's secrets. */
  headers?: Record<string, string>;
  body?: string;
  /** Whole exchange, redirects included. */
  timeoutMs: number;
  /** Bytes of the answer read at most; the rest is dropped and `truncated` is set. */
  maxBytes: number;
  /** Redirects followed by hand, each checked anew; 0 = a redirect is just an answer. */
  maxRedirects: number;
};

export type OpenRequest = Omit<EgressRequest, 'maxBytes'>;

/** An answer whose body is still to be read, before the request's time is over. */
export type Opened =
  | { kind: 'opened'; response: Response; deadline: AbortSignal }
  | { kind: 'blocked'; reason: string }
  | { kind: 'failed'; reason: string; timedOut?: true };

/** The only way to a URL that a user named. Never throws for what the network does. */
export type Egress = {
  fetch(request: EgressRequest): Promise<EgressResult>;
  /** As `fetch`, for an answer that is too large to be held. */
  open(request: OpenRequest): Promise<Opened>;
  /** The same checks without a fetch: a reason to refuse the URL, or null. */
  check(url: string): Promise<string | null>;
};
