import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PayloadMode } from './authenticate.ts';
import type { Blobs } from './blobs.ts';
import type { ObjectIndex } from './object-index.ts';
import type { S3Request } from './s3-request.ts';

/** What an operation works on. The request has been verified; its bucket exists. */
export type Operation = {
  index: ObjectIndex;
  blobs: Blobs;
  now: () => number;
  message: IncomingMessage;
  response: ServerResponse;
  request: S3Request;
  mode: PayloadMode;
  key: string;
};
