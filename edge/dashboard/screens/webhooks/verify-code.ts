/** Code that verifies a request, with the name of the receiver's own secret in its place. */
const node = (secret: string): string => `import { createHmac, timingSafeEqual } from 'node:crypto';

// header: X-Signature. rawBody: the bytes as they came, before any parsing.
export function isFromWaypost(header, rawBody) {
  const t = /t=(\\d+)/.exec(header)?.[1];
  if (t === undefined || Math.abs(Date.now() / 1000 - Number(t)) > 300) return false;
  const expected = createHmac('sha256', process.env.${secret}).update(t + '.' + rawBody).digest();
  return [...header.matchAll(/v1=([0-9a-f]{64})/g)]
    .some(([, hex]) => timingSafeEqual(Buffer.from(hex, 'hex'), expected));
}`;

const python = (secret: string): string => `import hashlib, hmac, os, re, time

# header: X-Signature. raw_body: the bytes as they came, before any parsing.
def is_from_waypost(header: str, raw_body: bytes) -> bool:
    t = re.search(r"t=(\\d+)", header)
    if t is None or abs(time.time() - int(t[1])) > 300:
        return False
    key = os.environ["${secret}"].encode()
    expected = hmac.new(key, t[1].encode() + b"." + raw_body, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(given, expected) for given in re.findall(r"v1=([0-9a-f]{64})", header))`;

const php = (secret: string): string => `<?php
// $header: X-Signature. $rawBody: file_get_contents('php://input').
function is_from_waypost(string $header, string $rawBody): bool {
    if (!preg_match('/t=(\\d+)/', $header, $t) || abs(time() - (int) $t[1]) > 300) return false;
    $expected = hash_hmac('sha256', $t[1] . '.' . $rawBody, getenv('${secret}'));
    preg_match_all('/v1=([0-9a-f]{64})/', $header, $given);
    foreach ($given[1] as $one) if (hash_equals($expected, $one)) return true;
    return false;
}`;

const go = (secret: string): string => `package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"regexp"
	"strconv"
	"time"
)

var signedAt = regexp.MustCompile(\`t=(\\d+)\`)
var signature = regexp.MustCompile(\`v1=([0-9a-f]{64})\`)

// IsFromWaypost takes X-Signature and the body's bytes as they came.
func IsFromWaypost(header string, rawBody []byte) bool {
	t := signedAt.FindStringSubmatch(header)
	if t == nil {
		return false
	}
	at, err := strconv.ParseInt(t[1], 10, 64)
	if age := time.Since(time.Unix(at, 0)).Abs(); err != nil || age > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, []byte(os.Getenv("${secret}")))
	mac.Write([]byte(t[1] + "."))
	mac.Write(rawBody)
	expected := mac.Sum(nil)
	for _, given := range signature.FindAllStringSubmatch(header, -1) {
		if sum, err := hex.DecodeString(given[1]); err == nil && hmac.Equal(sum, expected) {
			return true
		}
	}
	return false
}`;

const csharp = (secret: string): string => `using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

static class Waypost
{
    // header: X-Signature. rawBody: the bytes as they came, before any parsing.
    public static bool IsSender(string header, byte[] rawBody)
    {
        var t = Regex.Match(header, @"t=(\\d+)");
        if (!t.Success) return false;
        var age = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(t.Groups[1].Value);
        if (Math.Abs(age) > 300) return false;
        var key = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("${secret}"));
        var signed = Encoding.UTF8.GetBytes(t.Groups[1].Value + ".").Concat(rawBody).ToArray();
        byte[] sum;
        using (var hmac = new HMACSHA256(key)) sum = hmac.ComputeHash(signed);
        var expected = Encoding.ASCII.GetBytes(string.Concat(sum.Select(one => one.ToString("x2"))));
        return Regex.Matches(header, "v1=([0-9a-f]{64})").Cast<Match>().Any(given =>
            CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(given.Groups[1].Value), expected));
    }
}`;

export const VERIFY_CODE = { Node: node, Python: python, PHP: php, Go: go, 'C#': csharp };
export type VerifyLanguage = keyof typeof VERIFY_CODE;
// Object.keys says string; the table is closed.
export const VERIFY_LANGUAGES = Object.keys(VERIFY_CODE) as VerifyLanguage[];
