"""WaveSpeed, the provider that is paid: orders sent once, and everything else read patiently."""
