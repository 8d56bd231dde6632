/**
 * Rules for the clients that most sites see, in the words of their own user agents. What a client says of itself is no
 * proof: it tells well-behaved ones apart.
 */

/** The rules, for `parseRules`. Crawlers come before the browsers that they pretend to be. */
export const KNOWN_AGENTS = `
# Assistants that fetch a page because somebody asked
assistant ChatGPT-User ChatGPT-User
assistant Perplexity-User Perplexity-User
assistant Claude-User Claude-User
assistant MistralAI-User MistralAI-User
assistant DuckAssistBot DuckAssistBot

# Crawlers that collect text for language models
ai_crawler GPTBot GPTBot
ai_crawler OAI-SearchBot OAI-SearchBot
ai_crawler ClaudeBot ClaudeBot
ai_crawler Claude-SearchBot Claude-SearchBot
ai_crawler anthropic-ai anthropic-ai
ai_crawler CCBot CCBot
ai_crawler PerplexityBot PerplexityBot
ai_crawler Bytespider Bytespider
ai_crawler Amazonbot Amazonbot
ai_crawler Meta-ExternalAgent meta-externalagent
ai_crawler Google-Extended Google-Extended
ai_crawler Applebot-Extended Applebot-Extended
ai_crawler cohere-ai cohere-ai
ai_crawler Diffbot Diffbot

# Search engines
crawler Googlebot Googlebot
crawler Google-InspectionTool Google-InspectionTool
crawler GoogleOther GoogleOther
crawler AdsBot-Google AdsBot-Google
crawler Mediapartners-Google Mediapartners-Google
crawler Storebot-Google Storebot-Google
crawler Bingbot bingbot
crawler BingPreview BingPreview
crawler AdIdxBot adidxbot
crawler DuckDuckBot DuckDuckBot
crawler Yandex YandexBot
crawler Yandex Yandex.com/bots
crawler Baiduspider Baiduspider
crawler Applebot Applebot
crawler Sogou Sogou
crawler Yahoo Slurp
crawler PetalBot PetalBot
crawler SeznamBot SeznamBot
crawler Naver Yeti/
crawler Coccoc coccocbot
crawler Qwant Qwantbot
crawler Mojeek MojeekBot
crawler InternetArchive archive.org_bot
crawler InternetArchive ia_archiver
crawler Exabot Exabot
crawler Kagi Kagibot

# Search engine optimisers and collectors
seo Ahrefs AhrefsBot
seo Ahrefs AhrefsSiteAudit
seo Semrush SemrushBot
seo Majestic MJ12bot
seo Moz DotBot
seo Moz rogerbot
seo Serpstat serpstatbot
seo DataForSEO DataForSeoBot
seo BLEXBot BLEXBot
seo ScreamingFrog Screaming Frog
seo Barkrowler Barkrowler
seo SEOkicks SEOkicks
seo Sistrix SISTRIX

# Previews of links in messages and on social networks
preview Facebook facebookexternalhit
preview Facebook facebookcatalog
preview Twitter Twitterbot
preview LinkedIn LinkedInBot
preview Slack Slackbot
preview Slack Slack-ImgProxy
preview Discord Discordbot
preview Telegram TelegramBot
preview WhatsApp WhatsApp/
preview Skype SkypeUriPreview
preview Pinterest Pinterestbot
preview Reddit redditbot
preview Mastodon Mastodon/
preview Embedly Embedly
preview Viber Viber

# Feeds
feed Feedly Feedly
feed Feedbin Feedbin
feed Inoreader inoreader
feed NewsBlur NewsBlur
feed FreshRSS FreshRSS
feed Miniflux Miniflux

# Monitors and health checks
monitor UptimeRobot UptimeRobot
monitor Pingdom Pingdom
monitor StatusCake StatusCake
monitor BetterUptime Better Uptime
monitor Site24x7 Site24x7
monitor Datadog Datadog
monitor NewRelic NewRelic
monitor Prometheus ^Prometheus/
monitor Blackbox ^Blackbox
monitor Kubernetes ^kube-probe
monitor AWS ELB-HealthChecker
monitor Google GoogleHC
monitor Nagios check_http
monitor Zabbix Zabbix
monitor Monit ^Monit/
monitor Lighthouse Chrome-Lighthouse

# Security scanners
scanner sqlmap sqlmap
scanner Nikto Nikto
scanner Nmap Nmap Scripting Engine
scanner Nuclei Nuclei
scanner masscan masscan
scanner ZGrab zgrab
scanner WPScan WPScan
scanner Acunetix Acunetix
scanner Nessus Nessus
scanner OpenVAS OpenVAS
scanner DirBuster DirBuster
scanner gobuster gobuster
scanner ffuf Fuzz Faster U Fool
scanner Censys CensysInspect
scanner Shodan Shodan
scanner Expanse Expanse, a Palo Alto
scanner InternetMeasurement InternetMeasurement
scanner LeakIX l9explore
scanner LeakIX l9tcpid

# Browsers without a screen
headless HeadlessChrome HeadlessChrome
headless PhantomJS PhantomJS
headless Puppeteer Puppeteer
headless Playwright Playwright
headless Selenium Selenium
headless Electron Electron/
headless SlimerJS SlimerJS

# Programs and libraries
tool curl ^curl/
tool Wget ^Wget
tool HTTPie ^HTTPie
tool Postman PostmanRuntime
tool Insomnia ^insomnia/
tool python-requests python-requests
tool python-urllib Python-urllib
tool python-httpx python-httpx
tool aiohttp aiohttp
tool Scrapy Scrapy
tool Go Go-http-client
tool Java ^Java/
tool Java Java-http-client
tool Apache-HttpClient Apache-HttpClient
tool okhttp okhttp
tool Dart Dart/
tool Ruby ^Ruby
tool Faraday ^Faraday
tool PHP ^PHP/
tool Guzzle GuzzleHttp
tool Perl libwww-perl
tool LWP ^LWP
tool Node node-fetch
tool Node ^node
tool axios ^axios/
tool undici ^undici
tool Deno ^Deno/
tool Bun ^Bun/
tool got ^got
tool reqwest reqwest
tool DotNet ^.NET
tool PowerShell PowerShell
tool libcurl libcurl
tool wrk ^wrk
tool ApacheBench ApacheBench
tool k6 ^k6/
tool Hey ^hey/
tool Siege Siege/

# What calls itself a robot, whoever it is
bot other bot/
bot other -bot
bot other crawler
bot other spider
bot other bot$
bot other scraper

# Browsers: those that name another one come first
browser Edge Edg/
browser Edge EdgA/
browser Edge EdgiOS/
browser Opera OPR/
browser Samsung SamsungBrowser/
browser Vivaldi Vivaldi/
browser Yandex YaBrowser/
browser UCBrowser UCBrowser/
browser Firefox Firefox/
browser Firefox FxiOS/
browser Chrome CriOS/
browser Chrome Chrome/
browser Safari Safari/
browser InternetExplorer MSIE
browser InternetExplorer Trident/
browser Opera ^Opera/
browser other ^Mozilla/
`;
