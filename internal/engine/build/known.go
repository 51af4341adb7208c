package build

// unprivilegedBases are public base images that set a USER themselves, as places that image.Reference.From
// takes. Their Dockerfiles say so.
var unprivilegedBases = []string{
	"docker.io/jenkins/jenkins", "docker.io/library/elasticsearch", "docker.io/library/kibana", "docker.io/library/logstash",
	"docker.io/library/solr", "docker.io/library/sonarqube", "docker.io/library/memcached", "docker.io/library/haproxy",
	"docker.io/library/kong", "docker.io/library/varnish", "docker.io/library/flink", "docker.io/library/neo4j",
	"docker.io/grafana", "docker.io/prom", "quay.io/prometheus", "docker.io/bitnami", "docker.io/nginxinc",
	"docker.io/curlimages/curl", "docker.io/apache/airflow", "docker.io/jupyter", "quay.io/jupyter", "quay.io/keycloak/keycloak",
	"cgr.dev/chainguard", "docker.io/redhat", "docker.io/hadolint", "docker.io/sonatype", "docker.io/gitpod", "docker.elastic.co",
	"docker.io/mambaorg/micromamba", "docker.io/timberio", "docker.io/confluentinc", "docker.io/linkerd", "quay.io/argoproj",
	"registry.redhat.io/ubi8/nodejs", "registry.access.redhat.com/ubi8/nodejs", "registry.access.redhat.com/ubi8/python",
	"registry.access.redhat.com/ubi8/openjdk", "registry.access.redhat.com/ubi9/nodejs", "registry.access.redhat.com/ubi9/python",
	"registry.access.redhat.com/ubi9/openjdk",
}

// privilegedBases are public base images that start as root.
var privilegedBases = []string{
	"docker.io/library", "gcr.io/distroless", "mcr.microsoft.com/dotnet", "mcr.microsoft.com/windows",
	"mcr.microsoft.com/playwright", "registry.access.redhat.com/ubi8", "registry.access.redhat.com/ubi9",
	"registry.access.redhat.com/ubi10", "quay.io/centos", "quay.io/fedora", "public.ecr.aws/docker/library",
	"public.ecr.aws/amazonlinux", "public.ecr.aws/lambda", "docker.io/nvidia", "docker.io/amazonlinux", "docker.io/continuumio",
	"docker.io/condaforge", "docker.io/pytorch", "docker.io/tensorflow", "docker.io/oraclelinux", "docker.io/opensuse",
	"docker.io/azul", "docker.io/openresty", "docker.io/phusion", "docker.io/linuxserver", "ghcr.io/linuxserver",
	"lscr.io/linuxserver", "docker.io/amd64", "docker.io/arm32v5", "docker.io/arm32v6", "docker.io/arm32v7", "docker.io/arm64v8",
	"docker.io/i386", "docker.io/ppc64le", "docker.io/riscv64", "docker.io/s390x",
}
