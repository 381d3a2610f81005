/** The level that a log line states, in the formats of the parts of a platform. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { statementOf } from '../../../support/formats/log-level'
import { soonMs } from '../../fixtures/deadlines'

const levelOf = (line: string) => statementOf(line)?.level

const errors: readonly (readonly [format: string, line: string])[] = [
  ['logrus', 'time="2026-11-28T09:00:00Z" level=error msg="the plugin github could not be loaded"'],
  ['logrus', 'time="2026-11-28T09:00:00Z" level=fatal msg="no database"'],
  ['logrus', 'level=panic msg="a \\"quoted\\" word" err=EOF'],
  ['logrus on a terminal', 'ERRO[0012] cannot connect                     host=mysql'],
  ['logrus on a terminal', '\u001b[31mFATA\u001b[0m[0000] cannot listen'],
  ['logfmt', 'ts=2026-11-28T09:00:00.000Z caller=main.go:1 level=error component=tsdb err="disk full"'],
  ['logfmt', 't=2026-11-28T09:00:00+0000 lvl=eror msg="Failed to look up user"'],
  ['logfmt', 'logger=context t=2026-11-28T09:00:00Z level=ERROR msg="Request Completed"'],
  ['logfmt', 'ts=1 severity=critical msg=x'],
  ['logfmt after a name', 'lake | time="now" level=error msg="x"'],
  ['slog', 'time=2026-11-28T09:00:00.000Z level=ERROR+2 msg=x'],
  ['JSON', '{"level":"error","msg":"x"}'],
  ['JSON', '{"time":"2026-11-28","level":"ERROR","msg":"x"}'],
  ['JSON', '{"severity":"CRITICAL","message":"x"}'],
  ['JSON', '{"lvl":"eror","msg":"x"}'],
  ['JSON', '{"levelname": "ERROR", "message": "x"}'],
  ['zap', '{"level":"dpanic","ts":1764320400.1,"caller":"x/y.go:1","msg":"x"}'],
  ['hclog', '{"@level":"error","@message":"x"}'],
  ['Serilog', '{"@t":"2026-11-28T09:00:00Z","@l":"Fatal","@m":"x"}'],
  ['ECS', '{"@timestamp":"2026-11-28T09:00:00Z","log.level":"ERROR","message":"x"}'],
  ['ECS', '{"@timestamp":"2026-11-28T09:00:00Z","log":{"level":"error"},"message":"x"}'],
  ['OpenTelemetry', '{"severityNumber":17,"body":"x"}'],
  ['OpenTelemetry', '{"severityText":"ERROR","body":"x"}'],
  ['pino with a formatter', '{"level":{"value":50,"label":"error"},"msg":"x"}'],
  ['Loguru', '{"text":"x","record":{"elapsed":{},"level":{"icon":"x","name":"ERROR","no":40},"message":"x"}}'],
  ['pino', '{"level":50,"time":1764320400000,"pid":1,"hostname":"a","msg":"x"}'],
  ['bunyan', '{"name":"a","hostname":"b","pid":1,"level":60,"msg":"x","v":0}'],
  ['GELF', '{"version":"1.1","host":"a","short_message":"x","level":3}'],
  ['MongoDB', '{"t":{"$date":"2026-11-28T09:00:00Z"},"s":"E","c":"STORAGE","msg":"x"}'],
  ['Docker', '{"log":"time=\\"now\\" level=error msg=x\\n","stream":"stderr"}'],
  ['klog', 'E1128 09:00:00.1 1 x.go:1] boom'],
  ['klog', 'E1128 09:00:00.123456       1 reflector.go:204] "Failed to watch" err="timeout"'],
  ['klog', 'F1128 09:00:00.123456   12345 server.go:10] no configuration'],
  ['glog', 'E20261128 09:00:00.123456 1 x.cc:10] boom'],
  ['JSON that was cut off', '{"level":"error","msg":"a very long mess'],
  ['JSON that was cut off', '{"ts":1764320400.1,"msg":"a \\"b\\"","level":"ERROR","stack":{"a":["cu'],
  ['pino that was cut off', '{"level":50,"time":1764320400000,"err":{"type":"Err'],
  ['OpenTelemetry', '{"severity_number":18,"body":"x"}'],
  ['Jupyter', '[E 2026-11-28 09:00:00.123 ServerApp] Uncaught exception'],
  ['Tornado', '[E 261128 09:00:00 web:1934] Uncaught exception'],
  ['syslog', 'Nov 28 09:00:00 lake-0 lake[1]: ERROR boom'],
  ['syslog', 'Nov 28 09:00:00 lake-0 lake[1]: ERROR: boom'],
  ['systemd', '{"PRIORITY":"3","MESSAGE":"boom"}'],
  ['MySQL in JSON', '{"prio":1,"err_code":10131,"subsystem":"Server","msg":"Aborting","label":"Error"}'],
  ['etcd', '2026-11-28 09:00:00.123456 E | etcdserver: request timed out'],
  ['MySQL', "2026-11-28T09:00:00.123456Z 0 [ERROR] [MY-011072] [Server] Disk is full writing './binlog.000002'"],
  ['MySQL', '0 [ERROR] [MY-011072] [Server] Disk is full'],
  ['MariaDB', '2026-11-28  9:00:00 0 [ERROR] mariadbd: Table is marked as crashed'],
  ['MySQL', '09:00:00 UTC - mysqld got signal 11 ;'],
  ['PostgreSQL', '2026-11-28 09:00:00.000 UTC [123] ERROR:  relation "x" does not exist'],
  ['PostgreSQL', '2026-11-28 09:00:00.000 UTC [123] dora@lake FATAL:  password authentication failed'],
  ['PostgreSQL', '2026-11-28 09:00:00 UTC [1] PANIC:  could not write to file'],
  ['Python', 'ERROR:root:boom'],
  ['Python', 'CRITICAL:my.module:boom'],
  ['Python', '2026-11-28 09:00:00,123 - my.module - ERROR - boom'],
  ['Python', '2026-11-28 09:00:00,123 ERROR my.module boom'],
  ['Python', 'Traceback (most recent call last):'],
  ['Python', 'ValueError: invalid literal for int()'],
  ['Python', 'requests.exceptions.ConnectionError: refused'],
  ['gunicorn', '[2026-11-28 09:00:00 +0000] [7] [ERROR] Exception in worker process'],
  ['celery', '[2026-11-28 09:00:00,123: ERROR/MainProcess] Task failed'],
  ['uvicorn', 'ERROR:    Exception in ASGI application'],
  ['loguru', '2026-11-28 09:00:00.000 | ERROR    | app.main:run:12 - boom'],
  ['log4j', '2026-11-28 09:00:00,123 [main] ERROR com.example.App - boom'],
  ['log4j', 'ERROR 2026-11-28 09:00:00,123 [main] com.example.App - boom'],
  ['logback', '09:00:00.123 [http-nio-8080-exec-1] ERROR c.e.App - boom'],
  ['Spring Boot', '2026-11-28T09:00:00.000Z ERROR 1 --- [           main] c.e.App : boom'],
  ['Elasticsearch', '[2026-11-28T09:00:00,000][ERROR][o.e.b.Elasticsearch ] [node-1] fatal exception'],
  ['Kafka', '[2026-11-28 09:00:00,123] ERROR Error while executing topic command (kafka.admin)'],
  ['ZooKeeper', '2026-11-28 09:00:00,123 [myid:1] - ERROR [main:QuorumPeer@1] - boom'],
  ['java.util.logging', 'SEVERE: boom'],
  ['Jenkins', '2026-11-28 09:00:00.000+0000 [id=1]\tSEVERE\thudson.util.BootFailure#publish: Failed'],
  ['Tomcat', '28-Nov-2026 09:00:00.000 SEVERE [main] org.apache.catalina.core boom'],
  ['Java', 'Exception in thread "main" java.lang.IllegalStateException: boom'],
  ['Java', 'java.lang.OutOfMemoryError: Java heap space'],
  ['nginx', '2026/11/28 09:00:00 [error] 12#0: *1 upstream timed out (110: Connection timed out)'],
  ['nginx without time', '[error] 12#0: *1 upstream timed out'],
  ['nginx', '2026/11/28 09:00:00 [emerg] 1#1: bind() failed'],
  ['Apache', '[Sat Nov 28 09:00:00.000 2026] [core:error] [pid 1:tid 2] boom'],
  ['HAProxy', '[ALERT]    (1) : config : boom'],
  ['Envoy', '[2026-11-28 09:00:00.000][1][critical][main] [source/server.cc:1] boom'],
  ['Go', 'panic: runtime error: invalid memory address or nil pointer dereference'],
  ['Go', 'fatal error: all goroutines are asleep - deadlock!'],
  ['Go', 'fatal error: concurrent map writes'],
  ['Go', '2026/11/28 09:00:00 http: panic serving 10.0.0.1:1234: boom'],
  ['Go', '[signal SIGSEGV: segmentation violation code=0x1]'],
  ['hclog', '2026-11-28T09:00:00.000Z [ERROR] core: failed to unseal'],
  ['zap console', '2026-11-28T09:00:00.000Z\tERROR\tcontroller/controller.go:1\tReconciler error\t{"a": "b"}'],
  ['zap console', '2026-11-28T09:00:00.000Z\terror\tcontroller/controller.go:1\tReconciler error'],
  ['zerolog console', '9:00AM ERR cannot connect error="refused"'],
  ['Traefik', '2026-11-28T09:00:00Z ERR Router uses a nonexistent resolver'],
  ['PHP', '[28-Nov-2026 09:00:00 UTC] PHP Fatal error:  Uncaught Error: boom in /app/x.php:1'],
  ['PHP', 'PHP Parse error:  syntax error, unexpected end of file'],
  ['PHP-FPM', '[28-Nov-2026 09:00:00] ERROR: failed to open error_log'],
  ['PHP-FPM', 'NOTICE: PHP message: PHP Fatal error:  Uncaught Error: boom'],
  ['Monolog', '[2026-11-28T09:00:00.000000+00:00] app.ERROR: boom {"a":1} []'],
  ['Ruby', 'E, [2026-11-28T09:00:00.000000 #1] ERROR -- : boom'],
  ['Rust', '[2026-11-28T09:00:00Z ERROR app::db] boom'],
  ['Rust', "thread 'main' panicked at src/main.rs:1:1:"],
  ['Rust tracing', '2026-11-28T09:00:00.000000Z ERROR app::db: boom'],
  ['.NET', 'fail: Microsoft.AspNetCore.Server.Kestrel[13]'],
  ['Serilog', '[09:00:00 ERR] boom'],
  ['ClickHouse', '2026.11.28 09:00:00.123456 [ 1 ] {} <Error> Application: boom'],
  ['Node.js', 'Error: listen EADDRINUSE: address already in use :::8080'],
  ['Node.js', "TypeError: Cannot read properties of undefined (reading 'x')"],
  ['Node.js', '(node:1) UnhandledPromiseRejectionWarning: Error: boom'],
  ['Node.js', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
  ['winston', 'error: cannot connect {"host":"mysql"}'],
  ['winston', '2026-11-28 09:00:00 error: cannot connect'],
  ['npm', 'npm ERR! code ELIFECYCLE'],
  ['Elixir', '09:00:00.000 [error] GenServer terminating'],
  ['syslog', '<11>1 2026-11-28T09:00:00Z host app 1 - - boom'],
  ['the mysql client', "ERROR 1045 (28000): Access denied for user 'dora'@'%'"],
  ['a bare level', 'ERROR boom'],
]

const others: readonly (readonly [format: string, line: string])[] = [
  ['JSON that was cut off', '{"level":"info","msg":"level=error ERROR \\"level\\":\\"error\\", and m'],
  ['JSON that was cut off', '{"ts":1,"msg":"a very long mess'],
  ['JSON that was cut off', '{"ctx":{"level":"error","x":1'],
  ['logrus', 'time="now" level=info msg="retry after ERROR was handled"'],
  ['logrus', 'level=info msg="retry after ERROR was handled"'],
  ['logrus', 'time="now" level=info msg="the flag level=error was set"'],
  ['logrus', 'time="now" level=warning msg="retry" err="FATAL: no connection"'],
  ['logfmt', 'msg="level=error in a \\"quoted\\" text" level=debug'],
  ['logrus on a terminal', 'WARN[0012] ERROR budget is low'],
  ['JSON', '{"level":"info","msg":"retry after ERROR was handled","error":"none"}'],
  ['JSON', '{"level":"warn","msg":"\\"level\\":\\"error\\""}'],
  ['JSON', '{"msg":"FATAL is a word","request":{"level":"error"}}'],
  ['JSON', '{"severity":"NOTICE","message":"ERROR"}'],
  ['pino', '{"level":30,"time":1,"msg":"ERROR"}'],
  ['pino', '{"level":40,"time":1,"msg":"ERROR"}'],
  ['bunyan', '{"name":"a","level":20,"msg":"PANIC"}'],
  ['GELF', '{"version":"1.1","level":6,"short_message":"ERROR"}'],
  ['Docker', '{"log":"level=info msg=ERROR\\n","stream":"stderr"}'],
  ['klog', 'I1128 09:00:00.123456       1 controller.go:1] "ERROR budget" err="FATAL"'],
  ['klog', 'W1128 09:00:00.123456       1 controller.go:1] ERROR was handled'],
  ['Tornado', '[I 261128 09:00:00 web:2239] 500 GET /ERROR'],
  ['syslog', 'Nov 28 09:00:00 lake-0 lake[1]: INFO ERROR was handled'],
  ['systemd', '{"PRIORITY":"6","MESSAGE":"ERROR was handled"}'],
  ['MySQL in JSON', '{"prio":0,"err_code":10116,"msg":"starting, ERROR log","label":"System"}'],
  ['JSON with a label', '{"level":"info","label":"Error","msg":"the label of a ticket"}'],
  ['MySQL', '2026-11-28T09:00:00.123456Z 0 [System] [MY-010931] [Server] ready for connections. [ERROR]'],
  ['MySQL', '2026-11-28T09:00:00.123456Z 0 [Warning] [MY-010068] [Server] CA certificate is self signed: ERROR'],
  ['MariaDB', '2026-11-28  9:00:00 0 [Note] InnoDB: ERROR log at 1'],
  ['MariaDB', '2026-11-28  9:00:00 5 [Warning] Aborted connection 5 (ERROR)'],
  ['PostgreSQL', '2026-11-28 09:00:00.000 UTC [1] LOG:  database system is ready; last ERROR none'],
  ['PostgreSQL', "2026-11-28 09:00:00.000 UTC [1] STATEMENT:  SELECT 'ERROR'"],
  ['Python', 'INFO:root:retry after ERROR'],
  ['Python', '2026-11-28 09:00:00,123 - my.module - WARNING - ERROR was handled'],
  ['Python', '2026-11-28 09:00:00,123 - my.module - INFO - ERROR - was handled'],
  ['gunicorn', '[2026-11-28 09:00:00 +0000] [7] [INFO] Booting worker ERROR'],
  ['uvicorn', 'INFO:     10.0.0.1:1 - "GET /ERROR HTTP/1.1" 500 Internal Server Error'],
  ['log4j', '2026-11-28 09:00:00,123 [main] INFO com.example.App - ERROR was handled'],
  ['log4j', '2026-11-28 09:00:00,123 [ERROR-handler] WARN com.example.App - boom'],
  ['Spring Boot', '2026-11-28T09:00:00.000Z  INFO 1 --- [ main] c.e.App : ERROR'],
  ['java.util.logging', 'INFO: SEVERE weather'],
  ['nginx', '2026/11/28 09:00:00 [notice] 1#1: signal 17 (SIGCHLD) received, [error] log reopened'],
  ['nginx', '2026/11/28 09:00:00 [warn] 1#1: ERROR'],
  ['an access log', '10.0.0.1 - - [28/Nov/2026:09:00:00 +0000] "GET /?level=ERROR HTTP/1.1" 500 12 "-" "FATAL"'],
  ['an access log', '10.0.0.1 - dora [28/Nov/2026:09:00:00 +0000] "GET /ERROR HTTP/1.1" 200 12'],
  ['gin', '[GIN] 2026/11/28 - 09:00:00 | 500 |  1.2ms | 10.0.0.1 | GET "/ERROR"'],
  ['hclog', '2026-11-28T09:00:00.000Z [WARN]  core: ERROR'],
  ['zap console', '2026-11-28T09:00:00.000Z\tINFO\tcontroller/controller.go:1\tERROR\t{"level": "error"}'],
  ['zerolog console', '9:00AM INF ERROR error="FATAL"'],
  ['PHP', 'PHP Warning:  ERROR in x.php on line 1'],
  ['Monolog', '[2026-11-28T09:00:00.000000+00:00] app.INFO: ERROR [] []'],
  ['Ruby', 'I, [2026-11-28T09:00:00.000000 #1]  INFO -- : ERROR'],
  ['Rust', '[2026-11-28T09:00:00Z INFO  app::db] ERROR'],
  ['.NET', 'info: Microsoft.Hosting.Lifetime[14] ERROR'],
  ['Redis', '1:M 28 Nov 2026 09:00:00.000 * Ready to accept connections ERROR'],
  ['winston', 'info: ERROR was handled'],
  ['syslog', '<14>1 2026-11-28T09:00:00Z host app 1 - - ERROR'],
  ['prose', 'Listening on port 8080, ERROR pages are in /srv'],
  ['prose', '3 ERROR lines were found earlier'],
  ['prose', 'the last run ended with FATAL'],
  ['prose', 'Errors: 0, Failures: 0'],
  ['a Go function of a trace', 'main.panicHandler(0x1)'],
  ['nothing', '   '],
]

describe('the level that a line states', () => {
  it.each(errors)('is an error in %s: %s', (_, line) => {
    expect(levelOf(line)).toBe('error')
  })

  it.each(others)('is no error in %s: %s', (_, line) => {
    expect(levelOf(line)).not.toBe('error')
  })

  it('is the same whatever the message says', () => {
    const message = fc.array(
      fc.constantFrom('ERROR', 'FATAL', ' ', 'panic: ', 'level=error', '[error]', 'x', '|', '- '),
    )
    fc.assert(
      fc.property(message, (parts) => {
        const text = parts.join('')
        expect(levelOf(`2026-11-28T09:00:00Z INFO ${text}`)).toBe('info')
        expect(levelOf(JSON.stringify({ level: 'info', msg: text }))).toBe('info')
        expect(levelOf(`level=info msg=${JSON.stringify(text)}`)).toBe('info')
      }),
    )
  })

  it.each(['[', '{"a":', ' ', 'a=', 'a="\\', '2026-', '<', 'A', 'a.', '\t- ', 'error', '\u001b['])(
    'is found in linear time in a long line of %j',
    (part) => {
      const line = part.repeat(2_000_000 / part.length)
      const begin = performance.now()
      statementOf(line)
      statementOf(`${line} level=info`)
      expect(performance.now() - begin).toBeLessThan(soonMs)
    },
  )
})
