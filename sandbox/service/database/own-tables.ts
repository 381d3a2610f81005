/**
 * The tables that the service needs beyond the published schema: projects, the received events, and the links from a
 * deployment to its commits and from an incident to its project and deployment. docs/service.md lists them.
 */
const options = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'

export const ownTables: readonly string[] = [
  `CREATE TABLE projects (
    name varchar(255) NOT NULL,
    description varchar(255) NOT NULL DEFAULT '',
    team varchar(255) DEFAULT NULL,
    created_at datetime(3) NOT NULL,
    updated_at datetime(3) NOT NULL,
    PRIMARY KEY (name),
    KEY idx_team (team)
  ) ${options}`,
  // Webhook events wait here for the next collection; collected_at is NULL until then.
  `CREATE TABLE _raw_webhook_events (
    id bigint NOT NULL AUTO_INCREMENT,
    type varchar(255) NOT NULL,
    project_name varchar(255) DEFAULT NULL,
    event mediumtext NOT NULL,
    received_at datetime(3) NOT NULL,
    collected_at datetime(3) DEFAULT NULL,
    PRIMARY KEY (id),
    KEY idx_collected_at (collected_at),
    KEY idx_project_name (project_name)
  ) ${options}`,
  // One row: the last completed collection. Its time is the end of the windows "last N days".
  `CREATE TABLE collections (
    id tinyint NOT NULL,
    completed_at datetime(3) NOT NULL,
    PRIMARY KEY (id)
  ) ${options}`,
  // Data of a deployment's event without a column in deployments, or whose column is derived (contained-commits.ts).
  `CREATE TABLE deployment_origins (
    deployment_id varchar(255) NOT NULL,
    repository varchar(255) DEFAULT NULL,
    lists_commits tinyint(1) NOT NULL,
    PRIMARY KEY (deployment_id)
  ) ${options}`,
  // All commits that a deployment contains. source: "listed" by its event, its "head", or "pushed" to its ref before.
  `CREATE TABLE deployment_commits (
    deployment_id varchar(255) NOT NULL,
    commit_sha varchar(255) NOT NULL,
    source varchar(16) NOT NULL,
    PRIMARY KEY (deployment_id, commit_sha),
    KEY idx_commit_sha (commit_sha)
  ) ${options}`,
  // The order of commits on a ref: by the time of the push's last commit, then by the position within the push.
  `CREATE TABLE pushed_commits (
    repo_id varchar(255) NOT NULL,
    ref_name varchar(255) NOT NULL,
    commit_sha varchar(255) NOT NULL,
    pushed_date datetime(3) NOT NULL,
    position int NOT NULL,
    PRIMARY KEY (repo_id, ref_name, commit_sha),
    KEY idx_commit_sha (commit_sha)
  ) ${options}`,
  // deployment_id is the deployments.id of the deployment that the incident names; NULL if it names none.
  `CREATE TABLE incident_scopes (
    incident_id varchar(255) NOT NULL,
    project_name varchar(255) NOT NULL,
    environment varchar(255) NOT NULL,
    deployment_id varchar(255) DEFAULT NULL,
    PRIMARY KEY (incident_id),
    KEY idx_project_name (project_name)
  ) ${options}`,
  // The review of the change that ends in this commit. Its opening and merge are bounds of the lead time's stages.
  `CREATE TABLE reviews (
    commit_sha varchar(255) NOT NULL,
    repo_id varchar(255) NOT NULL,
    opened_date datetime(3) NOT NULL,
    merged_date datetime(3) NOT NULL,
    PRIMARY KEY (commit_sha)
  ) ${options}`,
  `CREATE TABLE builds (
    id varchar(255) NOT NULL,
    project_name varchar(255) NOT NULL,
    type varchar(32) NOT NULL,
    commit_sha varchar(255) NOT NULL,
    stage varchar(255) NOT NULL,
    result varchar(32) DEFAULT NULL,
    started_date datetime(3) DEFAULT NULL,
    finished_date datetime(3) DEFAULT NULL,
    duration_sec decimal(20,3) DEFAULT NULL,
    PRIMARY KEY (id),
    KEY idx_project_name (project_name, type, finished_date)
  ) ${options}`,
  // Daily measurements by monitoring: percentages, and milliseconds for the latency.
  `CREATE TABLE operational_performance (
    project_name varchar(255) NOT NULL,
    measured_date datetime(3) NOT NULL,
    availability decimal(7,4) NOT NULL,
    slo_target decimal(7,4) NOT NULL,
    p99_latency_ms decimal(10,2) NOT NULL,
    error_rate decimal(7,4) NOT NULL,
    PRIMARY KEY (project_name, measured_date)
  ) ${options}`,
]

/** The data sources: connections, scopes and their configurations. In Apache DevLake each plugin has its own tables. */
export const sourceTables: readonly string[] = [
  `CREATE TABLE _tool_connections (
    id bigint NOT NULL AUTO_INCREMENT,
    plugin varchar(32) NOT NULL,
    name varchar(255) NOT NULL,
    endpoint varchar(255) NOT NULL,
    username varchar(255) DEFAULT NULL,
    secret text NOT NULL,
    created_at datetime(3) NOT NULL,
    updated_at datetime(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uk_plugin_name (plugin, name)
  ) ${options}`,
  // entities is a JSON list of the kinds of data that the scopes collect; an empty list means all.
  `CREATE TABLE _tool_scope_configs (
    id bigint NOT NULL AUTO_INCREMENT,
    connection_id bigint NOT NULL,
    name varchar(255) NOT NULL,
    entities text NOT NULL,
    created_at datetime(3) NOT NULL,
    updated_at datetime(3) NOT NULL,
    PRIMARY KEY (id),
    KEY idx_connection_id (connection_id)
  ) ${options}`,
  // properties is the scope in the format of its plugin, as JSON.
  `CREATE TABLE _tool_scopes (
    connection_id bigint NOT NULL,
    scope_id varchar(255) NOT NULL,
    name varchar(255) NOT NULL,
    scope_config_id bigint DEFAULT NULL,
    properties text NOT NULL,
    created_at datetime(3) NOT NULL,
    updated_at datetime(3) NOT NULL,
    PRIMARY KEY (connection_id, scope_id)
  ) ${options}`,
]
