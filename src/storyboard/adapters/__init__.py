"""The world behind the ports: files, media, stores, providers; nothing foreign escapes."""
