package secret

import "strings"

// isDefault tells passwords that come with a product or its documentation, and are tried first.
func isDefault(value string) bool {
	if len(value) > 24 {
		return false
	}
	switch strings.ToLower(value) {
	case "admin", "administrator", "root", "toor", "password", "passw0rd", "p@ssw0rd", "p@ssword", "password1", "password123", "password1!",
		"pass", "pass123", "passwd", "secret", "secret123", "changeme", "change-me", "change_me", "changethis", "changeit", "change_it",
		"change-it", "default", "guest", "test", "test123", "test1234", "testing", "demo", "example", "letmein", "qwerty", "welcome",
		"welcome1", "postgres", "mysql", "mariadb", "redis", "mongo", "mongodb", "rabbitmq", "rabbit", "minio", "minioadmin", "minio123",
		"elastic", "grafana", "prom-operator", "admin123", "admin1234", "admin@123", "root123", "rootpassword", "rootpass", "123456",
		"12345678", "123456789", "1234567890", "1234", "12345", "supersecret", "super-secret", "super_secret", "mysecret",
		"mysecretpassword", "my-secret-pw", "my-secret-password", "mypassword", "my-password", "my_password", "s3cr3t", "secretpassword",
		"topsecret", "user", "user123", "userpass", "oracle", "vagrant", "docker", "kubernetes", "k8s", "local", "wordpress",
		"somewordpress", "drupal", "nextcloud", "keycloak", "airflow", "hunter2", "foo", "bar", "baz", "foobar", "abc123", "abcd1234",
		"dbpassword", "db_password", "db-password", "adminpassword", "userpassword", "qwerty123", "verysecret", "verysecretpassword",
		"dev", "developer", "pwd", "strongpassword", "sa", "magento", "neo4j", "cassandra", "couchbase", "influxdb", "zabbix", "sonar",
		"nexus", "harbor12345", "rancher", "openldap", "changeme123", "changemeplease", "please-change-me", "p4ssw0rd", "pa55word":
		return true
	}
	return false
}

// isDefaultSecret tells the same of signing secrets and tokens. Words that also name a product
// or an object are left out: "token: kubernetes" chooses a method.
func isDefaultSecret(value string) bool {
	if len(value) > 24 {
		return false
	}
	switch strings.ToLower(value) {
	case "changeme", "change-me", "change_me", "changethis", "changeit", "change_it", "supersecret", "super-secret", "super_secret",
		"mysecret", "s3cr3t", "topsecret", "secret123", "verysecret", "supersecretkey", "super-secret-key", "super_secret_key", "mysecretkey",
		"my-secret-key", "secretkey", "verysecretkey", "jwtsecret", "changeme123", "please-change-me", "supersecrettoken", "mysupersecret",
		"minioadmin", "minio123", "password", "password123":
		return true
	}
	return false
}
