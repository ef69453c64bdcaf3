import { z } from '@hono/zod-openapi';

const HEADER_LIMIT = 20;
/** Ours, or the connection's: a value of the caller's would break the request or its proof. */
const RESERVED_HEADER =
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|date|range|if-.*|accept-encoding|content-.*|cookie|set-cookie|via|forwarded|x-real-ip|true-client-ip|cf-.*|x-forwarded-.*|proxy-.*|webhook-.*|x-signature|upstash-.*)$/;

/** Headers that an endpoint's owner adds to each request, by lower-case name. */
export const CustomHeaders = z
  .record(
    z
      .string()
      .toLowerCase()
      .regex(/^[!#$%&'*+.^_`|~\w-]{1,100}$/, 'must be a header name')
      .refine(
        (name) => !RESERVED_HEADER.test(name),
        'is a header that Waypost or the connection sets',
      ),
    z
      .string()
      .max(2_000)
      .regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII'),
  )
  .refine(
    (headers) => Object.keys(headers).length <= HEADER_LIMIT,
    `has more than ${HEADER_LIMIT} headers`,
  );
