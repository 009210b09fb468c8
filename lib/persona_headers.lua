-- persona_headers: what a browser says of its user. User-Agent, client hints and Accept-Language of
-- a persona, as the module personas draws one.

local persona_headers = {}

-- Versions of the browsers: those of late 2025.
local CHROMIUM <const> = "141"
local FIREFOX <const> = "143"
local SAFARI <const> = "18.6"
local IOS <const> = "18_6"

-- The part in brackets of a User-Agent that tells the system. Since Chrome 110 it is the same for
-- all versions of a system (developer.chrome.com/docs/privacy-security/user-agent-client-hints);
-- Safari and Firefox have kept theirs for longer.
local CHROME_SYSTEM <const> = {
  Windows = "Windows NT 10.0; Win64; x64",
  macOS = "Macintosh; Intel Mac OS X 10_15_7",
  Linux = "X11; Linux x86_64",
  ChromeOS = "X11; CrOS x86_64 14541.0.0",
  Android = "Linux; Android 10; K",
}

local FIREFOX_SYSTEM <const> = {
  Windows = "Windows NT 10.0; Win64; x64",
  macOS = "Macintosh; Intel Mac OS X 10.15",
  Linux = "X11; Linux x86_64",
}

local APPLE_SYSTEM <const> = {
  macOS = "Macintosh; Intel Mac OS X 10_15_7",
  iOS = "iPhone; CPU iPhone OS " .. IOS .. " like Mac OS X",
  iPadOS = "iPad; CPU OS " .. IOS .. " like Mac OS X",
}

local function chromium(persona, before, behind)
  local words = {
    "Mozilla/5.0 (" .. CHROME_SYSTEM[persona.system] .. ")",
    "AppleWebKit/537.36 (KHTML, like Gecko)",
    before .. "Chrome/" .. CHROMIUM .. ".0.0.0",
    persona.device == "phone" and "Mobile Safari/537.36" or "Safari/537.36",
  }
  return table.concat(words, " ") .. behind
end

local function webkit(persona, version)
  local mobile = persona.system ~= "macOS"
  return ("Mozilla/5.0 (%s) AppleWebKit/605.1.15 (KHTML, like Gecko) %s %sSafari/%s"):format(
    APPLE_SYSTEM[persona.system],
    version,
    mobile and "Mobile/15E148 " or "",
    mobile and "604.1" or "605.1.15"
  )
end

-- User-Agents as the browsers send them.
local USER_AGENT <const> = {
  Chrome = function(persona)
    if persona.system == "iOS" or persona.system == "iPadOS" then
      return webkit(persona, "CriOS/" .. CHROMIUM .. ".0.7390.41")
    end
    return chromium(persona, "", "")
  end,
  Edge = function(persona) return chromium(persona, "", " Edg/" .. CHROMIUM .. ".0.0.0") end,
  ["Samsung Internet"] = function(persona) return chromium(persona, "SamsungBrowser/28.0 ", "") end,
  Safari = function(persona) return webkit(persona, "Version/" .. SAFARI) end,
  Firefox = function(persona)
    if persona.system == "Android" then
      local kind = persona.device == "phone" and "Mobile" or "Tablet"
      return ("Mozilla/5.0 (Android 15; %s; rv:%s.0) Gecko/%s.0 Firefox/%s.0"):format(
        kind,
        FIREFOX,
        FIREFOX,
        FIREFOX
      )
    end
    return ("Mozilla/5.0 (%s; rv:%s.0) Gecko/20100101 Firefox/%s.0"):format(
      FIREFOX_SYSTEM[persona.system],
      FIREFOX,
      FIREFOX
    )
  end,
}

-- The name that a Chromium browser gives itself in Sec-CH-UA.
local BRAND <const> = {
  Chrome = "Google Chrome",
  Edge = "Microsoft Edge",
  ["Samsung Internet"] = "Samsung Internet",
}

-- Client hints, which browsers of Chromium send with each request over HTTPS
-- (wicg.github.io/ua-client-hints).
local function add_client_hints(headers, persona)
  local brand = BRAND[persona.browser]
  if not brand or persona.system == "iOS" or persona.system == "iPadOS" then return end
  headers["Sec-CH-UA"] = ('"Chromium";v="%s", "%s";v="%s", "Not?A_Brand";v="8"'):format(
    CHROMIUM,
    brand,
    brand == "Samsung Internet" and "28" or CHROMIUM
  )
  headers["Sec-CH-UA-Mobile"] = persona.device == "phone" and "?1" or "?0"
  local platform = persona.system == "ChromeOS" and "Chrome OS" or persona.system
  headers["Sec-CH-UA-Platform"] = '"' .. platform .. '"'
end

-- Weights of the languages behind the first, as the browsers give them.
local WEIGHTS <const> = {
  Firefox = { "0.8", "0.5", "0.3" },
  Safari = { "0.9", "0.8", "0.7" },
}
local CHROMIUM_WEIGHTS <const> = { "0.9", "0.8", "0.7" }

local function accept_language(persona)
  local weights = WEIGHTS[persona.browser] or CHROMIUM_WEIGHTS
  local language = persona.language:match "^%w+"
  local words = { persona.language }
  local function add(tag) words[#words + 1] = tag .. ";q=" .. weights[#words] end
  if language ~= persona.language then add(language) end
  -- Safari says the user's language alone; others add English, which most systems have as well.
  if persona.browser ~= "Safari" and language ~= "en" then
    add "en-US"
    add "en"
  end
  return table.concat(words, ",")
end

-- The headers of a persona: a table with system, device, browser and language.
function persona_headers.of(persona)
  local headers = {
    ["User-Agent"] = USER_AGENT[persona.browser](persona),
    ["Accept-Language"] = accept_language(persona),
  }
  add_client_hints(headers, persona)
  return headers
end

return persona_headers
