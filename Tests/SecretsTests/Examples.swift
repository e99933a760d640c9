import GitModel

/// For each shipped pattern a text that it must find and one that it must not: `id | finds | misses`.
///
/// No token stands here whole, so that no scanner trips over this file: `{an:36}` is 36 letters and
/// digits that are made when the tests run.
enum Examples {
  struct Example {
    let id: String
    let finds: Bytes
    let misses: Bytes
  }

  static let all: [Example] = table.split(separator: "\n").map { line in
    let parts = line.split(separator: " | ", omittingEmptySubsequences: false).map(String.init)
    return Example(id: parts[0], finds: made(parts[1]), misses: made(parts[2]))
  }

  private static let alphabets: [String: String] = {
    let (small, large, digits) = (
      "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
    )
    return [
      "an": small + large + digits, "lo": small + digits, "up": large + digits,
      "hex": digits + "abcdef", "HEX": digits + "ABCDEF", "dig": digits,
      "w": small + large + digits + "_-", "b64": small + large + digits + "+/",
      "b32": large + "234567", "age": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", "AP": "ABCDEFGHIJKLMNOP",
      "AD": "ABCD", "AQ": "AQgw",
    ]
  }()

  /// A text with what stands in braces filled in; `\n` is a line feed, `{-}` five dashes, `{uuid}` one.
  static func made(_ template: String) -> Bytes {
    var text =
      template.split(separator: #"\n"#, omittingEmptySubsequences: false).joined(separator: "\n")
    for (short, long) in [
      ("{-}", "-----"), ("{uuid}", "{hex:8}-{hex:4}-4{hex:3}-{hex:4}-{hex:12}"),
    ] {
      text = text.split(separator: short, omittingEmptySubsequences: false).joined(separator: long)
    }
    var out = Bytes()
    // Any sequence will do that is the same in every run and far from regular.
    var state = UInt64(0x9E37_79B9_7F4A_7C15)
    for (index, part) in text.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
      let ends = part.split(separator: "}", maxSplits: 1, omittingEmptySubsequences: false)
      let words = ends[0].split(separator: ":")
      guard index > 0, ends.count == 2, words.count == 2, let count = Int(words[1]),
        let alphabet = alphabets[String(words[0])].map({ Bytes($0.utf8) })
      else {
        out += Bytes(((index == 0 ? "" : "{") + part).utf8)
        continue
      }
      for _ in 0..<count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        out.append(alphabet[Int((state >> 33) % UInt64(alphabet.count))])
      }
      out += Bytes(ends[1].utf8)
    }
    return out
  }

  private static let table = #"""
    aws-access-key-id | id: AKIA{b32:16} | id: AKIA{b32:15}
    aws-secret-access-key | aws_secret_access_key = {b64:40} | aws_secret_access_key = {b64:39}
    aws-session-token | x=IQoJb3JpZ2lu{b64:200}== | x=IQoJb3JpZ2lu{b64:20}
    aws-bedrock-api-key | ABSK{b64:112}= | ABSK{b64:12}
    aws-mws-auth-token | amzn.mws.{uuid} | amzn.mws.{hex:32}
    gcp-api-key | key: AIza{w:35} | key: AIza{w:34}
    gcp-oauth-client-secret | GOCSPX-{w:28} | GOCSPX-{w:29}
    gcp-oauth-access-token | ya29.{w:120} | ya29.{w:12}
    gcp-oauth-refresh-token | "1//0{w:60}" | "1//0{w:20}"
    firebase-server-key | AAAA{an:7}:APA91b{w:134} | AAAA{an:7}:APA91b{w:34}
    azure-storage-account-key | AccountName=x;AccountKey={b64:86}==; | AccountKey={b64:40}==
    azure-shared-access-key | SharedAccessKey={b64:43}= | SharedAccessKey={b64:40}=
    azure-sas-token | https://x.blob.core.windows.net/c?sv=2022&sig={an:43}%3D | https://x?sig={an:20}%3D
    azure-identifiable-key-64 | {b64:76}+ASt{b64:5}{AQ:1}== | {b64:76}+ASx{b64:5}{AQ:1}==
    azure-identifiable-key-32 | {b64:33}+ASb{AP:1}{b64:5}= | {b64:33}+ASbz{b64:5}=
    azure-function-key | {w:44}AzFu{w:5}{AQ:1}== | {w:40}AzFu{w:5}{AQ:1}==
    azure-search-key | {an:42}AzSe{AD:1}{an:5} | {an:42}AzSeZ{an:5}
    azure-cache-redis-key | {an:33}AzCa{AP:1}{an:5}= | {an:30}AzCa{AP:1}{an:5}=
    azure-container-registry-key | {b64:42}+ACR{AD:1}{b64:5} | {b64:42}+ACRz{b64:5}
    azure-client-secret | secret {an:3}8Q~{an:34} | secret {an:3}8Q~{an:20}
    azure-devops-token | {an:76}AZDO{an:4} | {an:70}AZDO{an:4}
    azure-app-configuration | Endpoint=https://x.azconfig.io;Id={an:8};Secret={b64:43}= | Endpoint=https://x.azconfig.io;Id={an:8};Secret=none
    alibaba-access-key-id | LTAI{an:20} | LTAI{an:8}
    tencent-secret-id | AKID{an:32} | AKID{an:20}
    yandex-cloud-api-key | AQVN{w:36} | AQVN{w:20}
    yandex-cloud-iam-token | t1.{w:150}.{w:86} | t1.{w:150}.{w:20}
    ibm-cloud-api-key | IBM_CLOUD_API_KEY={w:44} | IBM_CLOUD_API_KEY={w:30}
    digitalocean-token | dop_v1_{hex:64} | dop_v1_{hex:60}
    heroku-api-key | HRKU-{uuid} | HRKU-{hex:32}
    fly-access-token | fo1_{w:43} | fo1_{w:40}
    fly-macaroon | fm2_{b64:300}== | fm2_{b64:30}
    netlify-token | nfp_{an:36} | nfp_{an:20}
    cloudflare-api-token | CLOUDFLARE_API_TOKEN={an:40} | CLOUDFLARE_API_TOKEN={an:30}
    cloudflare-short-name-token | CF_API_TOKEN: "{an:40}" | CF_API_TOKEN: "{an:30}"
    cloudflare-origin-ca-key | v1.0-{hex:24}-{hex:146} | v1.0-{hex:24}-{hex:100}
    scaleway-secret-key | SCW_SECRET_KEY={uuid} | SCW_SECRET_KEY={hex:32}
    tailscale-key | tskey-auth-{an:12}CNTRL-{an:32} | tskey-auth-{an:3}-{an:32}
    vault-token | hvs.{w:90} | hvs.{w:20}
    terraform-cloud-token | {an:14}.atlasv1.{an:67} | {an:14}.atlasv1.{an:30}
    pulumi-token | pul-{hex:40} | pul-{hex:39}
    doppler-token | dp.st.dev.{an:43} | dp.st.dev.{an:20}
    infisical-service-token | st.{hex:24}.{hex:32}.{hex:32} | st.{hex:24}.{hex:32}.{hex:30}
    onepassword-service-account-token | ops_eyJ{b64:400} | ops_eyJ{b64:40}
    onepassword-secret-key | A3-{up:6}-{up:11}-{up:5}-{up:5}-{up:5} | A3-{up:6}-{up:11}-{up:5}-{up:5}
    planetscale-token | pscale_tkn_{w:43} | pscale_tkn_{w:20}
    supabase-token | sbp_{hex:40} | sbp_{hex:39}
    supabase-secret-key | sb_secret_{w:31} | sb_secret_{w:20}
    neon-api-key | napi_{lo:64} | napi_{lo:30}
    databricks-token | dapi{hex:32} | dapi{hex:30}
    age-secret-key | AGE-SECRET-KEY-1{age:58} | AGE-SECRET-KEY-1{age:50}
    github-personal-token | token ghp_{an:36} | token ghp_{an:35}
    github-fine-grained-token | github_pat_{an:22}_{an:59} | github_pat_{an:22}_{an:58}
    github-oauth-token | gho_{an:36} | gho_{an:20}
    github-app-token | ghs_{an:36} | ghs_{an:20}
    github-refresh-token | ghr_{an:76} | ghr_{an:20}
    gitlab-personal-token | glpat-{an:20} | glpat-{an:19}
    gitlab-deploy-token | gldt-{an:20} | gldt-{an:19}
    gitlab-runner-token | glrt-t1_{an:20} | glrt-{an:10}
    gitlab-runner-registration-token | GR1348941{an:20} | GR1348941{an:19}
    gitlab-trigger-token | glptt-{hex:40} | glptt-{hex:10}
    gitlab-job-token | glcbt-64_{an:20} | glcbt-{an:20}
    gitlab-agent-token | glagent-{an:50} | glagent-{an:49}
    gitlab-oauth-secret | gloas-{hex:64} | gloas-{hex:60}
    gitlab-feed-token | glft-{an:20} | glft-{an:10}
    gitlab-incoming-mail-token | glimt-{lo:25} | glimt-{lo:24}
    gitlab-scim-token | glsoat-{an:20} | glsoat-{an:19}
    gitlab-feature-flag-token | glffct-{an:20} | glffct-{an:19}
    bitbucket-app-password | ATBB{an:24}{HEX:8} | ATBB{an:24}
    bitbucket-access-token | ATCTT3xFfG{w:150}={HEX:8} | ATCTT3xFfG{w:50}={HEX:8}
    atlassian-api-token | ATATT3xFfG{w:171}={HEX:8} | ATATT3xFfG{w:171}
    trello-token | ATTA{hex:64}{HEX:8} | ATTA{hex:64}
    sourcegraph-token | sgp_{hex:16}_{hex:40} | sgp_{hex:30}
    npm-token | npm_{an:36} | npm_{an:30}
    npmrc-auth | //registry.example.com/:_authToken={an:36} | //registry.example.com/:_authToken=${NPM_TOKEN}
    pypi-token | pypi-AgEIcHlwaS5vcmc{w:150} | pypi-AgE{w:20}
    rubygems-key | rubygems_{hex:48} | rubygems_{hex:40}
    nuget-key | oy2{lo:43} | oy2{lo:40}
    crates-io-token | cio{an:32} | cio{an:30}
    clojars-token | CLOJARS_{lo:60} | CLOJARS_{lo:50}
    docker-hub-token | dckr_pat_{w:27} | dckr_pat_{w:20}
    docker-config-auth | "auth": "{b64:40}=" | "auth": "{b64:10}"
    artifactory-api-key | AKCp{an:69} | AKCp{an:60}
    artifactory-reference-token | cmVmdGtuO{an:55} | cmVmdGtuO{an:50}
    sonarqube-token | squ_{hex:40} | squ_{hex:39}
    snyk-token | SNYK_TOKEN={uuid} | SNYK_TOKEN={hex:32}
    circleci-token | CCIPAT_{an:22}_{hex:40} | CCIPAT_{an:22}_{hex:30}
    buildkite-token | bkua_{hex:40} | bkua_{hex:39}
    openai-key | sk-proj-{w:74}T3BlbkFJ{w:74} | sk-proj-{w:74}
    anthropic-key | sk-ant-api03-{w:93}AA | sk-ant-api03-{w:20}
    hugging-face-token | hf_{an:34} | hf_{an:33}
    replicate-token | r8_{an:37} | r8_{an:36}
    groq-key | gsk_{an:52} | gsk_{an:50}
    xai-key | xai-{an:80} | xai-{an:70}
    perplexity-key | pplx-{an:48} | pplx-{an:40}
    openrouter-key | sk-or-v1-{hex:64} | sk-or-v1-{hex:60}
    fireworks-key | fw_{an:24} | fw_{an:20}
    nvidia-key | nvapi-{w:64} | nvapi-{w:60}
    langsmith-key | lsv2_pt_{hex:32}_{hex:10} | lsv2_pt_{hex:32}
    pinecone-key | pcsk_{an:6}_{an:63} | pcsk_{an:6}_{an:60}
    weights-and-biases-key | WANDB_API_KEY={hex:40} | WANDB_API_KEY={hex:30}
    model-service-key | MISTRAL_API_KEY={an:32} | MISTRAL_API_KEY={an:20}
    slack-bot-token | xoxb-{dig:12}-{dig:12}-{an:24} | xoxb-{dig:12}-{an:10}
    slack-user-token | xoxp-{dig:12}-{dig:12}-{dig:12}-{hex:32} | xoxp-{dig:12}-{dig:12}-{hex:32}
    slack-app-token | xapp-1-{up:11}-{dig:13}-{hex:64} | xapp-1-{up:11}-{dig:13}-{hex:60}
    slack-configuration-token | xoxe.xoxp-1-{an:163} | xoxe.xoxp-1-{an:60}
    slack-legacy-token | xoxs-{dig:11}-{dig:11}-{hex:32} | xoxs-{dig:11}
    slack-webhook | https://hooks.slack.com/services/T{up:8}/B{up:10}/{an:24} | https://hooks.slack.com/services/
    discord-bot-token | DISCORD_TOKEN=M{an:25}.{an:6}.{w:38} | DISCORD_TOKEN=M{an:25}.{an:6}.{w:20}
    discord-webhook | https://discord.com/api/webhooks/{dig:18}/{w:68} | https://discord.com/api/webhooks/{dig:18}
    telegram-bot-token | {dig:10}:AA{w:33} | {dig:10}:AA{w:30}
    teams-webhook | https://x.webhook.office.com/webhookb2/{uuid}@{uuid}/IncomingWebhook/{hex:32}/{uuid} | https://x.webhook.office.com/webhookb2/
    twilio-credential | TWILIO_AUTH_TOKEN={hex:32} | TWILIO_AUTH_TOKEN={hex:30}
    sendgrid-key | SG.{w:22}.{w:43} | SG.{w:22}.{w:20}
    mailgun-key | key-{hex:32} | key-{hex:30}
    mailgun-domain-key | MAILGUN_API_KEY={hex:32}-{hex:8}-{hex:8} | MAILGUN_API_KEY={hex:32}
    mailchimp-key | {hex:32}-us12 | {hex:32}-eu12
    brevo-key | xkeysib-{hex:64}-{an:16} | xkeysib-{hex:64}
    postmark-token | POSTMARK_SERVER_TOKEN={uuid} | POSTMARK_SERVER_TOKEN={hex:32}
    resend-key | re_{an:8}_{an:24} | re_{an:8}_{an:20}
    stripe-live-key | sk_live_{an:24} | sk_live_{an:20}
    stripe-test-key | rk_test_{an:99} | sk_test_{an:10}
    webhook-signing-secret | whsec_{b64:32} | whsec_{b64:20}
    square-access-token | EAAA{w:60} | EAAA{w:50}
    square-application-secret | sq0csp-{w:43} | sq0csp-{w:40}
    braintree-access-token | access_token$production${lo:16}${hex:32} | access_token$production${lo:16}
    plaid-access-token | access-sandbox-{uuid} | access-sandbox-{hex:32}
    razorpay-key | rzp_live_{an:14} | rzp_live_{an:13}
    flutterwave-secret-key | FLWSECK_TEST-{lo:32}-X | FLWSECK_TEST-{lo:32}
    gocardless-token | live_{an:40} | live_{an:20}
    easypost-key | EZAK{an:54} | EZAK{an:50}
    shippo-token | shippo_live_{hex:40} | shippo_live_{hex:39}
    shopify-token | shpat_{hex:32} | shpat_{hex:30}
    facebook-access-token | EAA{an:150} | EAA{an:50}
    twitter-bearer-token | AAAAAAAAAAAAAAAAAAAAA{an:80} | AAAAAAAAAAAAAAAAAAAAA{an:20}
    linkedin-client-secret | WPL_AP1.{an:16}.{an:8} | WPL_AP1.{an:16}
    dropbox-token | sl.{w:140} | sl.{w:40}
    hubspot-token | pat-na1-{uuid} | pat-na1-{hex:32}
    intercom-token | dG9r{an:56}= | dG9r{an:20}=
    linear-key | lin_api_{an:40} | lin_api_{an:30}
    notion-token | ntn_{dig:11}{an:35} | ntn_{an:30}
    airtable-token | pat{an:14}.{hex:64} | pat{an:14}.{hex:60}
    figma-token | figd_{w:40} | figd_{w:30}
    postman-key | PMAK-{hex:24}-{hex:34} | PMAK-{hex:24}
    clickup-token | pk_{dig:8}_{up:32} | pk_{dig:8}_{up:30}
    contentful-token | CFPAT-{w:43} | CFPAT-{w:40}
    typeform-token | tfp_{w:44} | tfp_{w:20}
    algolia-admin-key | ALGOLIA_ADMIN_KEY={hex:32} | ALGOLIA_ADMIN_KEY={hex:30}
    okta-token | OKTA_API_TOKEN=00{w:40} | OKTA_API_TOKEN=00{w:30}
    auth0-client-secret | AUTH0_CLIENT_SECRET={w:64} | AUTH0_CLIENT_SECRET={w:30}
    dynatrace-token | dt0c01.{up:24}.{up:64} | dt0c01.{up:24}.{up:60}
    grafana-service-account-token | glsa_{an:32}_{hex:8} | glsa_{an:32}
    grafana-cloud-token | glc_{b64:120}= | glc_{b64:20}
    grafana-api-key | eyJrIjoi{an:90}= | eyJrIjoi{an:20}
    new-relic-user-key | NRAK-{up:27} | NRAK-{up:26}
    new-relic-insert-key | NRII-{w:32} | NRII-{w:30}
    new-relic-license-key | {hex:36}NRAL | {hex:30}NRAL
    datadog-key | DATADOG_API_KEY={hex:32} | DATADOG_API_KEY={hex:30}
    datadog-short-name-key | DD_API_KEY: {hex:32} | DD_API_KEY: {hex:30}
    sentry-token | sntryu_{hex:64} | sntryu_{hex:60}
    honeycomb-ingest-key | hcaik_{lo:58} | hcaik_{lo:50}
    launchdarkly-key | sdk-{uuid} | sdk-{hex:32}
    posthog-personal-key | phx_{an:43} | phx_{an:40}
    mapbox-secret-token | sk.eyJ{w:80}.{w:22} | sk.eyJ{w:10}.{w:22}
    private-key | {-}BEGIN RSA PRIVATE KEY{-}\n{b64:64}\n | {-}BEGIN RSA PRIVATE KEY{-}\n...\n
    openssh-private-key | {-}BEGIN OPENSSH PRIVATE KEY{-}\nb3BlbnNzaC1rZXktdjE{b64:51}\n | {-}BEGIN OPENSSH PRIVATE KEY{-}\n{b64:70}\n
    pgp-private-key | {-}BEGIN PGP PRIVATE KEY BLOCK{-}\nVersion: GnuPG v2\n\n{b64:64}\n | {-}BEGIN PGP PRIVATE KEY BLOCK{-}\n\n...\n
    ssh2-private-key | ---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: "x"\n{b64:64}\n | ---- BEGIN SSH2 PUBLIC KEY ----\n{b64:64}\n
    putty-private-key | PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\n | PuTTY-User-Key-File-3 is a format
    json-web-key | {"kty": "EC", "d": "{w:43}"} | {"kty": "EC", "d": "{w:10}"}
    wireguard-private-key | PrivateKey = {b64:42}A= | PublicKey = {b64:42}A=
    json-web-token | eyJ{w:33}.eyJ{w:70}.{w:43} | eyJ{w:33}.eyJ{w:70}.
    kubernetes-client-key | client-key-data: LS0t{b64:200} | client-key-data: LS0t{b64:20}
    base64-private-key | LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt{b64:80} | LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0t{b64:80}
    url-password | https://deploy:{an:16}@git.example.com/x.git | https://deploy:${PASSWORD}@git.example.com/x.git
    database-url-password | postgres://app:{an:12}@db.internal:5432/shop | postgres://app:password@localhost/shop
    jdbc-password | jdbc:mysql://db/shop?user=app&password={an:12} | jdbc:mysql://db/shop?user=app&password=${pw}
    basic-authorization | Authorization: Basic {b64:24} | Authorization: Basic {b64:8}
    bearer-authorization | Authorization: Bearer {an:40} | Authorization: Bearer $TOKEN
    curl-user | curl -u admin:{an:14} https://example.com | curl -u admin:$PASSWORD https://example.com
    netrc-password | machine git.example.com\n  login deploy\n  password {an:16}\n | machine git.example.com\n  login deploy\n
    bcrypt-hash | $2b$12${an:53} | $2b$12${an:40}
    argon2-hash | $argon2id$v=19$m=65536,t=3,p=4${b64:22}${b64:43} | $argon2id$v=19$m=65536,t=3,p=4$
    crypt-hash | root:$6${an:16}${an:86}: | root:$6${an:16}$
    yescrypt-hash | $y$j9T${an:22}${an:43} | $y$j9T${an:22}
    ansible-vault-password | ansible_become_password: {an:14} | ansible_become_password: "{{ vault }}"
    django-secret-key | SECRET_KEY = '{an:50}' | SECRET_KEY = 'django-insecure-{an:50}'
    rails-master-key | secret_key_base: {hex:128} | secret_key_base: {hex:30}
    laravel-app-key | APP_KEY=base64:{b64:43}= | APP_KEY=base64:{b64:20}
    generic-secret | client_secret = "{an:32}" | client_secret = "the-secret-of-the-client"
    generic-key | "api_key": "{an:32}" | "api_key": "example-key-for-the-docs"
    generic-environment-secret | export DB_PASSWORD={an:20} | export DB_PASSWORD=correct-horse
    """#
}
