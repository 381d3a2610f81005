/** The shapes of tokens, headers and URL parameters that hold a credential, and the characters with which each begins. */

interface Shape {
  /** The first three characters of each credential of this form, as patterns of characters and classes. */
  readonly begins: string
  readonly form: RegExp
}

/**
 * Shapes of credentials. In each, what must not be shown is its group, or else the whole. Each begins at a fixed
 * word and at the beginning of a run of its characters, so that the search stays linear.
 *
 * The forms of tokens: https://docs.github.com/en/authentication, https://docs.gitlab.com/security/tokens,
 * https://api.slack.com/authentication/token-types, https://developer.hashicorp.com/vault/docs/concepts/tokens,
 * https://grafana.com/docs/grafana/latest/administration/service-accounts, https://docs.npmjs.com/about-access-tokens,
 * https://docs.docker.com/security/access-tokens
 */
const shapes: readonly Shape[] = [
  { begins: 'eyJ', form: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{6,}\.(?=[A-Za-z0-9_-]{6})[A-Za-z0-9_.-]+/ },
  { begins: 'gh[pousr]', form: /(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9_]{16,}/ },
  { begins: 'git', form: /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{16,}/ },
  {
    begins: 'gl[pdrcfsaiwt]',
    form: /(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt|wt|trt|ffct)-[A-Za-z0-9_.-]{16,}/,
  },
  { begins: 'gls', form: /(?<![A-Za-z0-9])glsa_[A-Za-z0-9_]{16,}/ },
  { begins: 'glc', form: /(?<![A-Za-z0-9])glc_[A-Za-z0-9+/=_-]{16,}/ },
  { begins: 'xox', form: /(?<![A-Za-z0-9])xox[a-z]-[A-Za-z0-9-]{10,}/ },
  // An API key of Grafana before service accounts: the base64 of {"k":"….
  { begins: 'eyJ', form: /(?<![A-Za-z0-9_-])eyJrIjoi[A-Za-z0-9+/=_-]{24,}/ },
  // A private key in PEM, in base64 as kubeconfigs and Secrets hold it. Certificates are not secret.
  { begins: 'LS0', form: /(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi(?!BDRVJUSUZJQ0FURS0)[A-Za-z0-9+/=_-]{24,}/ },
  // Stripe, PyPI, Google, Databricks, New Relic and age.
  {
    begins: '[sr]k_ whs pyp ya2 GOC dap NRA AGE',
    form: /(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)_|whsec_|pypi-AgE|ya29\.|GOCSPX-|dapi(?=[0-9a-f]{32})|NRAK-|AGE-SECRET-KEY-1)[A-Za-z0-9_-]{16,}/,
  },
  // Slack, Hugging Face, Google, SendGrid and Atlassian.
  {
    begins: 'xap hf_ AIz SG. AT[AC]',
    form: /(?<![A-Za-z0-9])(?:xapp-|hf_|AIza|SG\.|AT[AC]TT3)(?=[A-Za-z_.-]{0,64}\d)[A-Za-z0-9_.-]{16,}/,
  },
  // npm, SonarQube, Docker Hub, OpenAI and Anthropic.
  {
    begins: 'npm dck sq[apu]',
    form: /(?<![A-Za-z0-9])(?:(?:npm_|dckr_[op]at_)(?=[a-z_-]{0,64}[A-Z0-9])[A-Za-z0-9_-]{16,}|sq[apu]_[0-9A-Za-z]{20,})/,
  },
  {
    begins: 'sk-',
    form: /(?<![A-Za-z0-9-])sk-(?:(?:ant|proj|svcacct|admin|or)-(?=[a-z_-]{0,64}[A-Z0-9])[A-Za-z0-9_-]{16,}|[A-Za-z0-9_]{20,}[A-Za-z0-9_-]*)/,
  },
  // The value of a parameter in a URL: an expression of a shell, a placeholder and a mask are none.
  {
    begins: '[?&]a[cump] [?&]pr [?&]re [?&]id [?&]to',
    form: /[?&](?:amp;)?(?:(?:access|auth|private|refresh|id)_token|token|api[_-]?key)=(?<parameter>[A-Za-z0-9._~+%/:=-]{4,})/,
  },
  {
    begins: '[?&]si [?&]X-',
    form: /[?&](?:amp;)?(?:sig|X-(?:Amz|Goog)-(?:Signature|Security-Token))=(?<signature>[A-Za-z0-9._~+%/:=-]{16,})/,
  },
  // The first cookie of a header, and what follows it.
  {
    begins: 'kie KIE',
    form: /(?:(?<=[Cc]oo)kie|(?<=COO)KIE)["']? ?[:=] ?["']?[\w.-]{1,64}=(?<cookie>[^\r\n"'[…$]{8,4096})/,
  },
  // Names of passwords and keys, from a place in them where few other words hold the same characters.
  assigned('swo swd SWO SWD', '(?<=[Pp]as)(?:sword|swd)|(?<=PAS)(?:SWORD|SWD)', 'password'),
  assigned('pwd Pwd PWD', '(?<![A-Za-z])[Pp]wd|(?<=_)PWD', 'shortPassword'),
  assigned('t_s tSe T_S', '(?<=[Cc]lien)t_?[sS]ecret|(?<=CLIEN)T_SECRET', 'clientSecret'),
  assigned('s_k sKe S_K tKe', '(?<=[Aa]cces)s_?[kK]ey|(?<=ACCES)S_KEY|(?<=[Aa]ccoun)tKey', 'accessKey'),
  { begins: 'A[KS]I', form: /(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])/ },
  { begins: 'hv[sbr]', form: /(?<![A-Za-z0-9])hv[sbr]\.[A-Za-z0-9_-]{16,}/ },
  // A word of letters alone, as in "Bearer authentication", is no token.
  {
    begins: '[Bb]ea BEA',
    form: /(?<![A-Za-z0-9])(?:[Bb]earer|BEARER)(?:[ +\t]|%20)(?<bearer>(?=[A-Za-z._~+/=-]{0,4096}\d|[A-Za-z0-9._~+/=-]{32})[A-Za-z0-9._~+/=-]{6,})/,
  },
  { begins: '[Bb]as', form: /(?<![A-Za-z0-9])[Bb]asic[ +](?<basic>[A-Za-z0-9+/_-]{6,}={0,2})/ },
  {
    begins: '[Aa]ut AUT',
    form: /(?<![A-Za-z0-9])(?:[Aa]uthorization|AUTHORIZATION)["']?[ ]?[:=][ ]?["']?(?:[A-Za-z]{2,20}(?: |%20))?(?<header>[A-Za-z0-9._~+/=-]{4,})(?![A-Za-z0-9._~+/=-]|%20| +[^A-Za-z0-9])/,
  },
]

/**
 * A name with a value behind "=", or with a quoted one behind a colon as in JSON. An expression of a shell, a placeholder, a path
 * and a mask are no values.
 */
function assigned(begins: string, name: string, group: string): Shape {
  const quote = String.raw`\\{0,3}["']`
  const first = '(?![$<[{(*…/])'
  const quoted = String.raw`(?<${group}Quote>${quote})${first}(?<${group}Quoted>(?:(?!\k<${group}Quote>)(?:\\.|[^\\\r\n])){4,256})`
  const bare = String.raw`${first}(?<${group}>[^\s"'\\${'`'}$<>{}()[\]…*&;,|]{4,256})`
  return { begins, form: new RegExp(`(?:${name})(?:${quote})?(?: ?[:=] ?${quoted}| ?= ?${bare})`) }
}

/** Matches a credential at its index. */
export const credential = new RegExp(shapes.map(({ form }) => form.source).join('|'), 'dy')

/** The first three characters of the shapes. */
export const beginnings: readonly string[] = shapes.flatMap(({ begins }) => begins.split(' ')).flatMap(expanded)

/** The texts that a pattern of characters and classes stands for. */
function expanded(pattern: string): string[] {
  const [, before = '', one = '', after = ''] = /^([^[]*)\[([^\]]+)\](.*)$/.exec(pattern) ?? []
  return one === '' ? [pattern] : [...one].flatMap((character) => expanded(before + character + after))
}
