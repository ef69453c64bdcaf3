# Runs a program for each line of its input, a JSON string, and answers with what the API said to it.
import contextlib, io, json, sys, urllib.error, urllib.request

call_api = urllib.request.urlopen

for line in sys.stdin:
    seen = {"status": 0, "text": "", "problem": None}

    def urlopen(request):
        try:
            answer = call_api(request)
        except urllib.error.HTTPError as error:
            seen.update(status=error.code, text=error.read().decode())
            raise
        body = answer.read()
        seen.update(status=answer.status, text=body.decode("utf-8", "replace"))
        return io.BytesIO(body)

    urllib.request.urlopen = urlopen
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(json.loads(line), "example", "exec"), {"__name__": "__main__"})
    except urllib.error.HTTPError:
        pass
    except Exception as error:
        seen["problem"] = repr(error)
    print(json.dumps(seen), flush=True)
