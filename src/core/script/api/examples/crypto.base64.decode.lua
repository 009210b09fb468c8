crypto.base64.decode "QWQ=" --> "Ad"
crypto.base64.decode "QWQ" --> "Ad"
local nothing, why = crypto.base64.decode "?"
print(nothing) --> nil
log.warn(why)
