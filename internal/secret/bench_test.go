package secret

import "testing"

func BenchmarkDetectHarmless(b *testing.B) {
	rows := [][2]string{{"LOG_LEVEL", "info"}, {"PORT", "8080"}, {"SERVICE_URL", "http://shop.svc.cluster.local:8080/api"},
		{"checksum/config", hex32 + hex32}, {"DB_PASSWORD", "$(DB_PASSWORD)"}, {"", "--config=/etc/shop/config.yaml"}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		row := rows[i%len(rows)]
		Detect(row[0], row[1])
	}
}

func BenchmarkDetectSecret(b *testing.B) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		row := positives[i%len(positives)]
		Detect(row[0], row[1])
	}
}

func BenchmarkMask(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Mask(`        - {name: LOG_LEVEL, value: info} # the level`)
	}
}
