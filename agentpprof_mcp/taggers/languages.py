"""Words of other languages for the tables of `builtin`: the commonest verbs, things and replies.

German, Spanish, French, Portuguese, Italian and Russian; then Chinese, Japanese and Korean, whose words are
found without blanks around them.
"""

__all__ = ["ANYWHERE", "ASKING", "NOUNS", "OPENERS", "VERBS"]

VERBS: dict[str, str] = {
    "fix": "behebe behebt repariere korrigiere arregla corrige soluciona répare résous conserta consertar corrija correggi risolvi sistema исправь исправить почини",
    "make": "füge ergänze erstelle implementiere schreibe baue añade agrega crea implementa escribe haz ajoute crée implémente écris adicione adiciona crie escreva implemente aggiungi scrivi добавь создай реализуй напиши сделай",
    "change": "ändere aktualisiere passe verbessere ersetze cambia actualiza mejora reemplaza change modifie améliore remplace mets mude altere atualize melhore substitua modifica aggiorna migliora измени обнови улучши замени",
    "reshape": "refaktoriere vereinfache benenne refactoriza renombra simplifica refactorise renomme simplifie refatore renomeie simplifique refactorizza rinomina semplifica переименуй упрости отрефактори",
    "remove": "entferne lösche elimina borra quita supprime enlève retire remova apague exclua rimuovi cancella удали убери",
    "look": "prüfe überprüfe schau revisa verifica comprueba mira vérifie regarde verifique confira veja controlla guarda проверь посмотри",
    "find": "untersuche analysiere recherchiere finde suche investiga analiza busca encuentra analyse cherche trouve investigue analise procure encontre analizza cerca trova проанализируй найди изучи исследуй",
    "explain": "erkläre erklär beschreibe explica explícame describe explique explique-moi décris spiega spiegami descrivi объясни расскажи опиши",
    "run": "starte führe ejecuta corre lance exécute execute rode esegui avvia запусти выполни",
    "test": "teste prueba testa протестируй",
    "document": "dokumentiere übersetze documenta traduce documente traduis documenta traduci задокументируй переведи",
    "commit": "committe pushe commitea pushea commite pousse закоммить запушь смержи",
    "plan": "plane planifica planifie planeje pianifica спланируй",
    "measure": "optimiere optimiza optimise otimize ottimizza оптимизируй ускорь",
    "configure": "konfiguriere installiere configura instala configure installe configura installa настрой установи",
    "summarize": "zusammenfasse résume resuma riassumi подытожь",
}
"""Imperatives, by row of verbs."""

NOUNS: dict[str, str] = {
    "tests": "prueba pruebas teste testes prova тест тесты тестов 测试 テスト 테스트",
    "docs": "dokumentation doku documentación documentação documentazione документацию документация 文档 注释 ドキュメント 문서",
    "faults": "fehler bug error errores erreur erreurs erro erros errore errori problème ошибка ошибку ошибки баг 错误 报错 バグ エラー 버그 오류",
    "settings": "einstellungen konfiguration configuración configuração impostazioni настройки 配置 设置 設定 설정",
    "data": "datenbank base-de-datos base-de-données базу-данных 数据库 データベース 데이터베이스",
    "looks": "schaltfläche knopf farbe seite botón página bouton botão pulsante pagina кнопку кнопка страницу 按钮 界面 页面 样式 ボタン 画面 버튼 화면",
    "branches": "zweig rama branche ветку 分支 ブランチ 브랜치",
    "build": "abhängigkeiten dependencias dépendances dependências зависимости 依赖 依存関係 의존성",
    "speed": "leistung rendimiento desempenho prestazioni производительность 性能 パフォーマンス 성능",
}
"""Things, by noun."""

OPENERS = "bitte ja gut jetzt dann und kannst-du könntest-du können-wir ich-möchte lass-uns por-favor sí ahora puedes podrías quiero s'il-te-plaît s'il-vous-plaît stp maintenant peux-tu pourrais-tu oui agora você-pode pode poderia sim per-favore ora puoi potresti да пожалуйста теперь можешь давай"
"""What may stand before the verb of a request."""

ASKING = "wie warum wieso weshalb welche welcher wer cómo como por-qué qué dónde cuál pourquoi quoi quel quelle où qu'est-ce por-que onde qual quem perché cosa dove quale как почему зачем что где какой кто 为什么 怎么 如何 什么 吗 哪里 なぜ どうして どう 何 ですか ますか 왜 어떻게 무엇 뭐 인가요"
"""A clause that begins so asks."""

ANYWHERE: dict[str, str] = {
    "fix": "beheben reparieren korrigieren 修复 修正 修一下 解决 修好 直して 고쳐 수정",
    "make": "hinzufügen erstellen implementieren schreiben 添加 增加 新增 加上 创建 实现 编写 写一个 追加 作成 実装 書いて 추가 만들 작성 구현",
    "change": "ändern aktualisieren verbessern 修改 更新 改成 替换 改进 変更 변경 업데이트 바꿔",
    "reshape": "umbenennen vereinfachen 重构 重命名 简化 リファクタ 名前を変 리팩토링 리팩터링",
    "remove": "entfernen löschen 删除 移除 去掉 清理 削除 消して 삭제 제거",
    "look": "prüfen anschauen 检查 看看 看一下 确认 確認 見て 확인 봐줘",
    "review": "审查 代码评审 レビュー 리뷰",
    "find": "untersuchen analysieren 分析 调查 调研 查找 研究 調べ 調査 조사 분석 찾아",
    "explain": "erklären 解释 说明 讲解 説明 教えて 설명 알려",
    "run": "ausführen 运行 执行 実行 실행",
    "commit": "committen pushen mergen 提交 推送 合并 コミット プッシュ マージ 커밋 푸시 병합",
    "deploy": "deployen 部署 デプロイ 배포",
    "measure": "optimieren beschleunigen 优化 最適化 최적화",
    "configure": "einrichten installieren konfigurieren 安装 インストール 설치",
    "continue": "继续 続けて 계속",
}
"""Verbs that ask wherever they stand: they come last in their clause, or nothing separates words."""
